import Foundation
import JSONRPC
import Marketing
import Recall
import Testing

@Suite("recall benchmark")
struct BenchmarkTests {
  private static let locomo = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/data/locomo_dev.json")
    .standardizedFileURL.path()

  private static func read(_ text: String) throws -> BenchmarkFile {
    try BenchmarkFile(JSONParser(maximumBytes: 64 << 20).parse(text))
  }

  private static let small = """
    [{"sample_id": "a", "conversation": {"speaker_a": "Ann", "speaker_b": "Bo",
      "session_2_date_time": "soon", "session_2": [{"speaker": "Bo", "dia_id": "D2:1", "text": "Bye"}],
      "session_1_date_time": "1:56 pm on 8 May, 2023",
      "session_1": [
        {"speaker": "Ann", "dia_id": "D1:1", "text": "See my piano", "blip_caption": "a grand piano",
         "query": "steinway"},
        {"speaker": "Bo", "dia_id": "D1:2", "text": "Nice"}]},
      "qa": [
        {"question": "q1", "answer": 1, "category": 1, "evidence": ["D1:01; D2:1", "D:1:2"]},
        {"question": "q2", "category": 4, "evidence": ["D9:9", "D1:1"]},
        {"question": "q3", "category": 4, "evidence": ["D"]}]}]
    """

  @Test("a file is read leniently where evidence and dates are malformed, and tells of it")
  func lenient() throws {
    let file = try Self.read(Self.small)
    let conversation = try #require(file.conversations.first)
    #expect(conversation.turns.map(\.name) == ["D1:1", "D1:2", "D2:1"])
    #expect(conversation.turns[0].text == "See my piano [a grand piano; steinway]")
    #expect(conversation.turns[1].at.iso8601 == "2023-05-08T13:56:01Z")
    #expect(conversation.turns[2].at.iso8601 == "2023-05-09T13:56:00Z")
    #expect(conversation.questions.map(\.evidence) == [[0, 1, 2], [0]])
    #expect(file.droppedEvidence == 2)
    #expect(file.droppedQuestions == 1)
    #expect(file.undatedSessions == 1)
  }

  @Test(
    "a wrong file is refused with the place",
    arguments: [
      ("3", "expected an array of conversations"), ("[]", "holds no conversation"),
      ("[{}]", "/0/conversation: expected an object with session_1, session_2 ..."),
      (#"{"conversation": {}}"#, "/conversation: holds no session_1, session_2 ..."),
      (
        #"[{"conversation": {"session_1": [{"speaker": "A"}]}, "qa": []}]"#,
        "/0/conversation/session_1/0/text: expected a string"
      ),
      (#"[{"conversation": {"session_1": []}}]"#, "/0/qa: expected an array of questions"),
      (
        #"[{"conversation": {"session_1": []}, "qa": [{"question": "q"}]}]"#,
        "/0/qa/0/category: expected an integer"
      ),
    ])
  func refused(_ text: String, _ message: String) throws {
    let error = #expect(throws: BenchmarkFile.Problem.self) { try Self.read(text) }
    #expect(error?.description == message)
  }

  @Test("figures of a ranking, by hand")
  func figures() {
    var figures = RecallFigures(cutoffs: [1, 5])
    figures.count([7, 3, 9], evidence: [3, 4], session: { $0 / 5 })
    #expect(figures.questions == 1)
    #expect(figures.recall == [1: 0, 5: 0.5])
    #expect(figures.reciprocalRank == 0.5)
    #expect(figures.sessionRecall == 1)
    // 1 / log2(3), divided by 1 + 1 / log2(3).
    #expect(abs(figures.ndcg - 0.386_853) < 1e-6)
  }

  @Test("weights are learned that put the evidence first")
  func fitting() async throws {
    let turns = (0..<30).map { index in
      let text = index % 3 == 0 ? "piano \(index)" : "tea \(index)"
      return #"{"speaker": "A", "dia_id": "D1:\#(index)", "text": "\#(text)"}"#
    }
    let questions = (0..<10).map {
      #"{"question": "tea piano \#($0 * 3)?", "category": 4, "evidence": ["D1:\#($0 * 3)"]}"#
    }
    let conversation = """
      {"conversation": {"session_1": [\(turns.joined(separator: ","))]},
       "qa": [\(questions.joined(separator: ","))]}
      """
    let file = try Self.read("[\(conversation), \(conversation)]")
    let analyzer = TextAnalyzer()
    var base = RecallWeights()
    for signal in RecallSignal.learned { base[signal] = 0 }
    let learned = try RecallFitting(file, with: analyzer, base: base).weights(leavingOut: 1)
    let (poor, good) = (base, learned)
    let evaluation = RecallEvaluation(of: file)
    let before = try await evaluation.run(
      RecallEvaluation.indexing(with: analyzer, weights: { _ in poor }))
    let after = try await evaluation.run(
      RecallEvaluation.indexing(with: analyzer, weights: { _ in good }))
    #expect(before.together.reciprocalRank < 0.5)
    #expect(after.together.reciprocalRank == 1)
  }

  @Test(
    "LoCoMo, every fourth question",
    .enabled(
      if: FileManager.default.fileExists(atPath: Self.locomo),
      "../shared/data/locomo_dev.json is absent"))
  func figuresOfLocomo() async throws {
    let file = try Self.read(try String(contentsOfFile: Self.locomo, encoding: .utf8))
    #expect(file.conversations.count == 5)
    #expect(file.droppedQuestions == 2)
    let report = try await RecallEvaluation(of: file).run(
      RecallEvaluation.indexing(with: TextAnalyzer()), stride: 4)
    let categories = report.categories
    #expect(report.together.questions > 150)
    #expect(try #require(report.together.recall[10]) >= 0.77)
    #expect(report.together.ndcg >= 0.60)
    #expect(try #require(categories[1]?.recall[10]) >= 0.46)
    #expect(try #require(categories[5]?.recall[10]) >= 0.85)
  }
}
