import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  private static let able: JSONObject = [
    "elicitation": ["form": [:], "url": [:]], "sampling": [:], "roots": [:],
  ]
  private static let ann: JSONValue = ["action": "accept", "content": ["name": "Ann"]]
  private static let paris: JSONValue = [
    "role": "assistant", "content": ["type": "text", "text": "Paris"], "model": "m",
    "stopReason": "endTurn",
  ]
  private static let folders: JSONValue = ["roots": [["uri": "file:///work", "name": "work"]]]
  private static let confirmed: JSONValue = ["action": "accept", "content": ["confirmed": true]]

  private static func input(
    _ name: String, capabilities: JSONObject = able,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ run: @escaping @Sendable (Peer) async throws -> Void
  ) -> [Scenario] {
    each("input-required-result-\(name)", in: .modern, sourceLocation: sourceLocation) {
      try await $0.peer(capabilities, run)
    }
  }

  private static func parameters(
    _ tool: String, _ responses: JSONValue? = nil, _ state: JSONValue? = nil
  ) -> JSONObject {
    var params: JSONObject = [
      "name": .string("test_input_required_result_" + tool), "arguments": [:],
    ]
    params["inputResponses"] = responses
    params["requestState"] = state
    return params
  }

  /// A tool that asks one thing: what it asks, and what it says then.
  private static func basic(
    _ name: String, _ tool: String, _ key: String, _ method: String, _ answer: JSONValue,
    _ says: String
  ) -> [Scenario] {
    input(name) { peer in
      let asked = try await peer.result("tools/call", parameters(tool))
      #expect(asked["resultType"] == "input_required")
      #expect(asked["inputRequests"]?.objectValue?.keys == [key])
      #expect(asked["inputRequests"]?[key]?["method"] == .string(method))
      #expect(asked["inputRequests"]?[key]?["id"] == nil)
      let done = try await peer.result(
        "tools/call", parameters(tool, .object([key: answer]), asked["requestState"]))
      #expect(done["resultType"] == "complete")
      #expect(done.firstText == says)
    }
  }

  /// Results that want input of the client, and the calls repeated with it.
  static let inputRequired: [Scenario] = basics + rounds + states + answers

  private static let basics: [Scenario] =
    basic(
      "basic-elicitation", "elicitation", "user_name", "elicitation/create", ann, "Hello, Ann!")
    + basic(
      "basic-sampling", "sampling", "capital_question", "sampling/createMessage", paris,
      "sampled Paris")
    + basic(
      "basic-list-roots", "list_roots", "client_roots", "roots/list", folders,
      "roots file:///work")
    + basic(
      "request-state", "request_state", "confirm", "elicitation/create", confirmed, "state-ok")
    + each("input-required-result-basic-elicitation: a session answers by itself", in: .modern) {
      let handlers = ClientHandlers(elicitForm: { _ throws(RPCError) in
        ["action": "accept", "content": ["name": "Ann"]]
      })
      try await $0.session(handlers) { session in
        let result = try await session.call("test_input_required_result_elicitation")
        #expect(result.firstText == "Hello, Ann!")
      }
    }

  private static let rounds: [Scenario] =
    input("multiple-input-requests") { peer in
      let tool = "multiple_inputs"
      let asked = try await peer.result("tools/call", parameters(tool))
      #expect(
        asked["inputRequests"]?.objectValue?.keys == ["user_name", "greeting", "client_roots"])
      #expect(asked["requestState"]?.stringValue?.isEmpty == false)
      let responses: JSONValue = ["user_name": ann, "greeting": paris, "client_roots": folders]
      let done = try await peer.result(
        "tools/call", parameters(tool, responses, asked["requestState"]))
      #expect(done.firstText == #"accepted {"name":"Ann"}; sampled Paris; roots file:///work"#)
    }
    + input("multi-round") { peer in
      let first = try await peer.result("tools/call", parameters("multi_round"))
      #expect(first["inputRequests"]?.objectValue?.keys == ["step1"])
      let second = try await peer.result(
        "tools/call", parameters("multi_round", ["step1": ann], first["requestState"]))
      #expect(second["resultType"] == "input_required")
      #expect(second["inputRequests"]?.objectValue?.keys == ["step2"])
      #expect(second["requestState"] != first["requestState"])
      let blue: JSONValue = ["action": "accept", "content": ["colour": "blue"]]
      let done = try await peer.result(
        "tools/call", parameters("multi_round", ["step2": blue], second["requestState"]))
      #expect(done.firstText == "Ann likes blue")
    }
    + input("non-tool-request") { peer in
      let requests: [(String, JSONObject, String)] = [
        ("prompts/get", ["name": "test_input_required_result_prompt"], "user_context"),
        ("resources/read", ["uri": "test://asking"], "user_name"),
      ]
      for (method, target, key) in requests {
        let asked = try await peer.result(method, target)
        #expect(asked["resultType"] == "input_required")
        #expect(asked["inputRequests"]?.objectValue?.keys == [key])
        let done = try await peer.result(
          method,
          target.merging([
            "inputResponses": .object([key: ann]), "requestState": asked["requestState"] ?? .null,
          ]))
        #expect(done["resultType"] == "complete")
        #expect(JSONWriter.text(of: .object(done)).contains("Ann"))
      }
    }
    + input("result-type") { peer in
      let asked = try await peer.result("tools/call", parameters("elicitation"))
      #expect(asked["resultType"] == "input_required")
      #expect(asked["inputRequests"] != nil || asked["requestState"] != nil)
      #expect(asked["content"] == nil)
      #expect(try await peer.call("test_simple_text")["resultType"] == "complete")
    }

  private static let states: [Scenario] =
    input("tampered-state") { peer in
      let asked = try await peer.result("tools/call", parameters("tampered_state"))
      let state = asked["requestState"]?.stringValue ?? ""
      for wrong in [state + "-TAMPERED", "", String(state.dropLast())] {
        let error = try await peer.error(
          "tools/call", parameters("tampered_state", ["confirm": confirmed], .string(wrong)))
        #expect(error.code == .invalidParams)
      }
      let done = try await peer.result(
        "tools/call", parameters("tampered_state", ["confirm": confirmed], .string(state)))
      #expect(done.firstText == "state-ok")
    }
    + input("tampered-state: the state of another tool") { peer in
      let asked = try await peer.result("tools/call", parameters("request_state"))
      let error = try await peer.error(
        "tools/call", parameters("tampered_state", ["confirm": confirmed], asked["requestState"]))
      #expect(error.code == .invalidParams)
    }
    + input("capability-check", capabilities: ["sampling": [:]]) { peer in
      let asked = try await peer.result("tools/call", parameters("capabilities"))
      #expect(asked["inputRequests"]?.objectValue?.keys == ["greeting"])
      let error = try await peer.error("tools/call", parameters("elicitation"))
      #expect(error.code == .missingClientCapability)
      #expect(error.data?["requiredCapabilities"]?["elicitation"] != nil)
    }
    + input("unsupported-methods") { peer in
      let requests: [(String, JSONObject)] = [
        ("tools/list", [:]), ("prompts/list", [:]), ("resources/list", [:]),
        ("resources/templates/list", [:]), ("server/discover", [:]),
        (
          "completion/complete",
          [
            "ref": ["type": "ref/prompt", "name": "test_prompt_with_arguments"],
            "argument": ["name": "arg1", "value": ""],
          ]
        ),
      ]
      for (method, params) in requests {
        let result = try await peer.result(method, params)
        #expect(result["resultType"] == "complete", "\(method)")
      }
    }

  private static let answers: [Scenario] =
    input("missing-input-response") { peer in
      let asked = try await peer.result("tools/call", parameters("elicitation"))
      for responses: JSONValue in [[:], ["other": ann]] {
        let again = try await peer.result(
          "tools/call", parameters("elicitation", responses, asked["requestState"]))
        #expect(again["resultType"] == "input_required")
        #expect(again["inputRequests"] == asked["inputRequests"])
      }
    }
    + input("ignore-extra-params") { peer in
      let asked = try await peer.result("tools/call", parameters("elicitation"))
      let responses: JSONValue = ["user_name": ann, "surplus": ["action": "cancel"]]
      let done = try await peer.result(
        "tools/call", parameters("elicitation", responses, asked["requestState"]))
      #expect(done.firstText == "Hello, Ann!")
    }
    + input("validate-input") { peer in
      let asked = try await peer.result("tools/call", parameters("elicitation"))
      let wrong: [JSONValue] = [
        ["action": "accept", "content": ["name": 5]], ["action": "accept", "content": [:]],
        ["action": "agree"],
      ]
      for answer in wrong {
        let id = peer.post(
          "tools/call", parameters("elicitation", ["user_name": answer], asked["requestState"]),
          isFaulty: true)
        let said = try await peer.answer(to: id)
        // An error or the question again: the tool never sees it.
        #expect(said["error"] != nil || said["result"]?["resultType"] == "input_required")
      }
    }
}
