import ConformanceFixture
import Embeddings
import HTTPTypes
import JSONRPC
import Marketing
import Testing

/// What becomes of a service's answers, over real connections.
@Suite(.timeLimit(.minutes(1))) struct EmbeddingsClientTests {
  typealias Reply = ScriptedService.Reply

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// One for each request, the last for all that follow.
    let replies: [Reply]
    var texts = ["ab", "c"]
    var dimensions: Int?
    /// The vectors, or nothing when an error is expected.
    var vectors: [[Float]]?
    var kind = EmbeddingError.Kind.refused
    /// What the error says behind the server's name.
    var reason = ""
    var requests = 1
    var testDescription: String { name }

    static func good(_ name: String, _ body: String, dimensions: Int? = nil) -> Case {
      Case(
        name: name, replies: [.json(body)], dimensions: dimensions,
        vectors: [[0.6, 0.8], [0, -1]])
    }

    static func refused(
      _ name: String, _ body: String, _ reason: String, dimensions: Int? = nil
    ) -> Case {
      Case(name: name, replies: [.json(body)], dimensions: dimensions, reason: reason)
    }

    static func status(
      _ status: HTTPResponse.Status, _ body: String = "", _ kind: EmbeddingError.Kind,
      _ message: String = "", requests: Int = 1, retryAfter: String? = nil
    ) -> Case {
      Case(
        name: "\(status) \(body)", replies: [.json(body, status, retryAfter: retryAfter)],
        kind: kind, reason: "it answers with status \(status.code)\(message)", requests: requests)
    }
  }

  private static let plain =
    #"{"data":[{"index":0,"embedding":[3,4]},{"index":1,"embedding":[0,-0.5]}]}"#

  static let goodCases: [Case] = [
    .good("vectors", plain),
    .good(
      "in another order",
      #"{"data":[{"index":1,"embedding":[0,-2e0]},{"index":0,"embedding":[0.3,0.4]}]}"#),
    .good("without indexes", #"{"data":[{"embedding":[3,4]},{"embedding":[0,-1]}]}"#),
    .good(
      "base64",
      #"{"data":[{"index":0,"embedding":"AABAQAAAgEA="},{"index":1,"embedding":"AAAAAAAAgL8"}]}"#),
    .good("of the length that was asked for", plain, dimensions: 2),
    .good("too large to square", #"{"data":[{"embedding":[3e30,4e30]},{"embedding":[0,-1e-30]}]}"#),
    Case(
      name: "zeros", replies: [.json(#"{"data":[{"embedding":[0,0]},{"embedding":[1,0]}]}"#)],
      vectors: [[], [1, 0]]),
    Case(
      name: "blank texts are not sent", replies: [.json(#"{"data":[{"embedding":[1,0]}]}"#)],
      texts: ["", " x ", "\n\t"], vectors: [[], [1, 0], []]),
    Case(name: "nothing to ask", replies: [], texts: ["", " "], vectors: [[], []], requests: 0),
    Case(
      name: "busy once", replies: [.json("", .tooManyRequests, retryAfter: "0"), .json(plain)],
      vectors: [[0.6, 0.8], [0, -1]], requests: 2),
    Case(
      name: "down twice",
      replies: [.json("", .serviceUnavailable), .json("", .badGateway), .json(plain)],
      vectors: [[0.6, 0.8], [0, -1]], requests: 3),
    Case(
      name: "dropped once", replies: [Reply(body: "{", end: .dropped), .json(plain)],
      vectors: [[0.6, 0.8], [0, -1]], requests: 2),
  ]

  static let badAnswers: [Case] = [
    .refused("a page", "<html>", "found an answer that is no JSON"),
    .refused("no data", #"{"embeddings":[]}"#, "found an answer without data"),
    .refused("too few", #"{"data":[{"index":0,"embedding":[1]}]}"#, "found 1 vectors, expected 2"),
    .refused(
      "one twice", #"{"data":[{"index":1,"embedding":[1]},{"index":1,"embedding":[1]}]}"#,
      "found vector number 2 at index 1"),
    .refused(
      "an index too high", #"{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}"#,
      "found vector number 2 at index 2"),
    .refused(
      "an index as text", #"{"data":[{"index":"0","embedding":[1]},{"index":1,"embedding":[1]}]}"#,
      "found vector number 1 at index -1"),
    .refused(
      "of two lengths", #"{"data":[{"embedding":[1,0]},{"embedding":[1]}]}"#,
      "found a vector of 1 numbers, expected 2"),
    .refused("of another length", plain, "found a vector of 2 numbers, expected 3", dimensions: 3),
    .refused(
      "empty", #"{"data":[{"embedding":[]},{"embedding":[]}]}"#, "found a vector of 0 numbers"),
    .refused(
      "text for a number", #"{"data":[{"embedding":["1",2]},{"embedding":[1,2]}]}"#,
      "found a vector with what is no number"),
    .refused(
      "beyond floats", #"{"data":[{"embedding":[1e39,2]},{"embedding":[1,2]}]}"#,
      "found a vector with a number that is none"),
    .refused(
      "half a float", #"{"data":[{"embedding":"AABAQAAA"},{"embedding":"AAAA"}]}"#,
      "found a vector as text"),
    .refused(
      "no base64", #"{"data":[{"embedding":"AABA-AAAgEA="},{"embedding":"AAAA"}]}"#,
      "found a vector as text"),
    .refused(
      "not-a-number in base64", #"{"data":[{"embedding":"AADAfw=="},{"embedding":"AACAPw=="}]}"#,
      "found a vector with a number that is none"),
    .refused(
      "no vector", #"{"data":[{"embedding":null},{"embedding":[1]}]}"#, "found null as a vector"),
    .refused(
      "too long", String(repeating: " ", count: 1 << 20 + 2 * 8192 * 25 + 1),
      "found an answer longer than"),
  ]

  static let errors: [Case] = [
    .status(
      .unauthorized, #"{"error":{"message":"Incorrect API key"}}"#, .refused, ": Incorrect API key"),
    .status(.badRequest, #"{"error":"no such model"}"#, .refused, ": no such model"),
    .status(
      .unprocessableContent, #"{"detail":[{"msg":"Field required"}]}"#, .refused, ": Field required"
    ),
    .status(.notFound, "<html><body>nothing here", .refused),
    .status(.found, "", .refused, ", a redirect, which is not followed"),
    .status(.internalServerError, "it broke", .unavailable, ": it broke"),
    .status(
      .tooManyRequests, #"{"message":"slow down"}"#, .unavailable, ": slow down", requests: 3),
    .status(.tooManyRequests, "", .unavailable, requests: 1, retryAfter: "3600"),
    .status(.badGateway, "", .unavailable, requests: 3),
    .status(.serviceUnavailable, "", .unavailable, requests: 3),
    .status(.gatewayTimeout, "", .unavailable, requests: 3),
    Case(
      name: "dropped", replies: [Reply(body: "{", end: .dropped)], kind: .unavailable,
      reason: "the connection failed", requests: 3),
  ]

  @Test(arguments: goodCases + badAnswers + errors)
  func isAnswered(_ one: Case) async throws {
    let service = ScriptedService { _, place in one.replies[min(place, one.replies.count - 1)] }
    try await service.serving { origin in
      var settings = EmbeddingsClient.Settings.quick(origin)
      settings.dimensions = one.dimensions
      let client = try EmbeddingsClient(settings)
      let found: [[Float]]
      do throws(EmbeddingError) {
        found = try await client.vectors(of: one.texts)
      } catch {
        #expect(one.vectors == nil)
        #expect(error.kind == one.kind)
        #expect(error.reason.hasPrefix("\(origin): \(one.reason)"), "\(error.reason)")
        return
      }
      let wanted = try #require(one.vectors)
      #expect(found.map(\.count) == wanted.map(\.count))
      for (number, other) in zip(found.joined(), wanted.joined()) {
        #expect(abs(number - other) < 1e-6)
      }
    }
    #expect(service.seen.values.count == one.requests)
  }

  @Test func requestsInBatches() async throws {
    let service = ScriptedService { seen, _ in .measured(seen) }
    try await service.serving { origin in
      var settings = EmbeddingsClient.Settings.quick(origin)
      settings.url = "\(origin)/deployments/x/embeddings?api-version=1"
      settings.batchLimit = 2
      settings.dimensions = 2
      let client = try EmbeddingsClient(settings)
      #expect(client.model == "m@2")
      let found = try await client.vectors(of: ["a", "", "bb", "ccc"])
      #expect(found.map { $0.isEmpty ? 0 : ($0[0] / $0[1]).rounded() } == [1, 0, 2, 3])
    }
    let seen = service.seen.values
    #expect(seen.map(\.texts) == [["a", "bb"], ["ccc"]])
    let first = try #require(seen.first)
    #expect(first.method == "POST")
    #expect(first.path == "/deployments/x/embeddings")
    #expect(first.query == "api-version=1")
    #expect(first.authorization == "Bearer sk-quick-brown-9f8e7d")
    #expect(
      first.body == [
        "model": "m", "input": ["a", "bb"], "encoding_format": "float", "dimensions": 2,
      ])
  }

  @Test(arguments: [
    ("  abc", 10, "abc"), ("abcdef", 3, "abc"), ("ab\u{E9}", 3, "ab"), ("ab\u{E9}", 4, "ab\u{E9}"),
    // A flag is two scalars of four bytes, and one character.
    ("a\u{1F1E9}\u{1F1EA}", 5, "a"), ("\u{1F1E9}\u{1F1EA}", 5, "\u{1F1E9}"),
    ("e\u{301}\u{301}\u{301}", 4, "e\u{301}"),
  ])
  func cutsTexts(text: String, limit: Int, sent: String) async throws {
    let service = ScriptedService { seen, _ in .measured(seen) }
    try await service.serving { origin in
      var settings = EmbeddingsClient.Settings.quick(origin)
      settings.mostTextBytes = limit
      _ = try await EmbeddingsClient(settings).vectors(of: [text])
    }
    #expect(service.seen.values.first?.texts.first.map { Array($0.utf8) } == Array(sent.utf8))
  }

  @Test func secretsStayOut() async throws {
    let texts = ["Ann Lee wants 700 seats at Örebro", "token"]
    let message =
      "Incorrect key sk-quick********7d for token of 'Ann LEE wants', 700-seats, Örebro 🦊 "
      + String(repeating: "x ", count: 400)
    let body = JSONWriter.bytes(of: ["error": ["message": .string(message)]])
    let service = ScriptedService { _, _ in
      .json(String(decoding: body, as: UTF8.self), .badRequest)
    }
    try await service.serving { origin in
      let settings = EmbeddingsClient.Settings.quick(origin)
      let error = await #expect(throws: EmbeddingError.self) {
        try await EmbeddingsClient(settings).vectors(of: texts)
      }
      let reason = try #require(error?.reason)
      let start = "\(origin): it answers with status 400: "
      #expect(reason.hasPrefix(start + "Incorrect key … for token of '… … …', …-…, …  x x x "))
      #expect(reason.unicodeScalars.count == start.count + 200)
      for text in ["\(settings)", String(reflecting: settings), "\(settings.key as Any)"] {
        #expect(!text.contains("quick"))
      }
    }
  }

  @Test func timeLimit() async throws {
    let service = ScriptedService { _, _ in Reply(end: .never) }
    try await service.serving { origin in
      var settings = EmbeddingsClient.Settings.quick(origin)
      settings.timeLimit = .milliseconds(50)
      let client = try EmbeddingsClient(settings)
      let error = await #expect(throws: EmbeddingError.self) { try await client.vectors(of: ["a"]) }
      #expect(error?.kind == .unavailable)
    }
    #expect(service.seen.values.count == 1)
  }

  @Test func cancellation() async throws {
    let service = ScriptedService { _, _ in Reply(end: .never) }
    try await service.serving { origin in
      let client = try EmbeddingsClient(.quick(origin))
      let error = try await withThrowingTaskGroup(of: EmbeddingError?.self) { group in
        group.addTask {
          do throws(EmbeddingError) { _ = try await client.vectors(of: ["a"]) } catch {
            return error
          }
          return nil
        }
        #expect(await service.seen.reaches { $0.count == 1 })
        group.cancelAll()
        return try await group.next() ?? nil
      }
      #expect(error?.kind == .cancelled)
    }
  }

  @Test func unreachable() async throws {
    // Nothing listens on the port of discarding.
    let client = try EmbeddingsClient(.quick("http://127.0.0.1:9"))
    let error = await #expect(throws: EmbeddingError.self) { try await client.vectors(of: ["a"]) }
    #expect(error?.kind == .unavailable)
    #expect(error?.reason.hasPrefix("http://127.0.0.1:9: the connection failed") == true)
  }

  @Test(arguments: [
    ("", false), ("ftp://a/v1", false), ("127.0.0.1/v1", false), ("https://", false),
    ("http://example.com/v1", false), ("http://127.0.0.1.example.com/v1", false),
    ("http://127.0.0.1@example.com/v1", false), ("https://u:p@example.com/v1", false),
    ("https://example.com/v1#x", false), ("https://exa mple.com/v1", false),
    ("http:\\\\127.0.0.1\\", false), ("http://128.0.0.1/v1", false),
    ("https://example.com", true), ("https://example.com:444/v1/", true),
    ("http://localhost:1/v1", true), ("http://127.9.9.9/v1", true), ("http://[::1]:8/v1", true),
  ])
  func addresses(url: String, isAccepted: Bool) {
    let settings = EmbeddingsClient.Settings(url: url, model: "m")
    #expect(((try? EmbeddingsClient(settings)) != nil) == isAccepted)
  }

  @Test func plainHTTPWhereAllowed() throws {
    var settings = EmbeddingsClient.Settings(url: "http://example.com/v1", model: "m")
    settings.allowsPlainHTTP = true
    #expect(try EmbeddingsClient(settings).model == "m")
  }

  @Test(arguments: ["", "a b", "a\n", "ü", String(repeating: "k", count: 4097)])
  func keysThatNoHeaderCarries(text: String) { #expect(APIKey(text) == nil) }
}
