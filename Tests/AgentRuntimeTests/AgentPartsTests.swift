import JSONRPC
import Testing

@testable import AgentRuntime

@Suite struct AgentPartsTests {
  @Test func workIsReadWithWhatItNames() throws {
    let json: JSONValue = [
      "workID": "work_1", "claim": 3, "kind": "engage_lead", "role": "engagement", "leadID": "L1",
      "subject": "handoff_7", "payload": ["note": "n"],
    ]
    let work = try #require(ClaimedWork(json))
    #expect(work.id == "work_1" && work.claim == 3 && work.kind == "engage_lead")
    #expect(work.leadID == "L1" && work.subject == "handoff_7")
    #expect(work.held == ["workID": "work_1", "claim": 3])
    let bare = try #require(ClaimedWork(["workID": "work_2", "claim": 1, "kind": "k"]))
    #expect(bare.leadID == nil && bare.subject == nil)
  }

  @Test(arguments: ["workID", "claim", "kind"])
  func whatLacksANameIsNoWork(_ name: String) {
    var json: JSONObject = ["workID": "work_1", "claim": 1, "kind": "k"]
    json[name] = nil
    #expect(ClaimedWork(.object(json)) == nil)
  }

  @Test func pausesGrowByChanceUpToAnEnd() {
    var reconnection = Reconnection()
    var highest = Edge(value: .max)
    var pauses: [Duration] = []
    for _ in 0..<9 { pauses.append(reconnection.failed(using: &highest)) }
    let ceilings = [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]
    for (pause, ceiling) in zip(pauses, ceilings) {
      #expect(pause <= .milliseconds(ceiling) && pause > .milliseconds(ceiling) * 0.99)
    }
    var lowest = Edge(value: 0)
    #expect(reconnection.failed(using: &lowest) == .zero)
    reconnection.succeeded()
    #expect(reconnection.failed(using: &highest) <= .milliseconds(200))
  }

  @Test(arguments: [
    ("Nothing was changed: try again later.", true),
    ("Nothing was changed: read it again and retry.", true),
    ("template 'x': there is no value for 'name'", false),
  ])
  func whatToolsSayTellsWhetherItPasses(_ text: String, _ isPassing: Bool) throws {
    let answer: JSONObject = [
      "isError": true, "content": [["type": "text", "text": .string(text)]],
    ]
    let failure = try #require(throws: WorkFailure.self) {
      try AgentTools.result(of: "t", answer)
    }
    #expect(failure.description == "t: \(text)" && !failure.isFinal)
    #expect(failure.isPassing == isPassing && failure.settled.isFinal != isPassing)
  }

  /// Always the same number.
  private struct Edge: RandomNumberGenerator {
    let value: UInt64
    mutating func next() -> UInt64 { value }
  }
}
