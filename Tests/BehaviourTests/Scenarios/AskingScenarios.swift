import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  /// Tools that ask the client: by requests of the server in the legacy era, by results that want input
  /// in the modern one. A session answers both alike.
  static let asking: [Scenario] =
    each("tools-call-sampling", in: [.v2024November, .v2025March, .v2025June] + .both) { visit in
      let asked = Recorder<JSONObject>()
      let handlers = ClientHandlers(sample: { params throws(RPCError) in
        asked.append(params)
        return [
          "role": "assistant", "content": ["type": "text", "text": "42"], "model": "m",
          "stopReason": "endTurn",
        ]
      })
      try await visit.session(handlers) { session in
        let result = try await session.call("test_sampling", ["prompt": "How much?"])
        #expect(result.firstText == "LLM response: 42")
      }
      #expect(asked.values.first?["messages"]?[0]?["content"]?["text"] == "How much?")
      #expect(asked.values.first?["maxTokens"] == 100)
    }
    + each("tools-call-elicitation", in: [.v2025June] + .both) { visit in
      let answers: [(JSONObject, String)] = [
        (
          ["action": "accept", "content": ["username": "ann", "email": "a@example.com"]],
          #"accepted {"username":"ann","email":"a@example.com"}"#
        ), (["action": "decline"], "declined"), (["action": "cancel"], "cancelled"),
      ]
      for (answer, says) in answers {
        let asked = Recorder<JSONObject>()
        let handlers = ClientHandlers(elicitForm: { params throws(RPCError) in
          asked.append(params)
          return answer
        })
        try await visit.session(handlers) { session in
          let result = try await session.call("test_elicitation", ["message": "Who are you?"])
          #expect(result.firstText == says)
        }
        #expect(asked.values.first?["message"] == "Who are you?")
        #expect(
          asked.values.first?["requestedSchema"]?["properties"]?.objectValue?.keys
            == ["username", "email"])
      }
    }
    + form(
      "elicitation-sep1034-defaults", "test_elicitation_sep1034_defaults",
      FixtureTools.defaultsForm,
      ["name": "Jane", "age": 31, "score": 7, "status": "pending", "verified": false])
    + form(
      "elicitation-sep1330-enums", "test_elicitation_sep1330_enums", FixtureTools.enumsForm,
      [
        "untitledSingle": "option1", "titledSingle": "value2", "legacyEnum": "opt1",
        "untitledMulti": ["a", "c"], "titledMulti": ["y"],
      ])
    + each("tools-call-elicitation: a client that cannot is not asked", in: .both) { visit in
      try await visit.session { session in
        let error = await failure {
          let result = try await session.call("test_elicitation", ["message": "Who are you?"])
          // Where there is no code for it, the tool says so.
          if visit.version.era == .legacy { #expect(result["isError"] == true) }
        }
        if visit.version.era == .modern { #expect(error?.code == .missingClientCapability) }
      }
    }

  /// A tool that shows a form; what is filled in comes back as its text.
  private static func form(
    _ name: String, _ tool: String, _ schema: JSONObject, _ content: JSONObject
  ) -> [Scenario] {
    each(name, in: .both) { visit in
      let asked = Recorder<JSONObject>()
      let handlers = ClientHandlers(elicitForm: { params throws(RPCError) in
        asked.append(params)
        return ["action": "accept", "content": .object(content)]
      })
      try await visit.session(handlers) { session in
        let result = try await session.call(tool)
        #expect(result.firstText == "accepted \(JSONWriter.text(of: .object(content)))")
      }
      #expect(asked.values.first?["requestedSchema"] == .object(schema))
    }
  }
}
