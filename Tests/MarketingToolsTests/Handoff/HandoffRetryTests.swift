import JSONRPC
import MCP
import Marketing
import MarketingTools
import Synchronization
import Testing

/// How packets that are not good enough are collected anew, and what happens meanwhile.
@Suite struct HandoffRetryTests {
  /// What is done in a pause, and how long each was to be.
  private final class Pauses: Sendable {
    private let lengths = Mutex<[Duration]>([])
    private let action: @Sendable (_ number: Int) async throws -> Void

    init(_ action: @escaping @Sendable (_ number: Int) async throws -> Void = { _ in }) {
      self.action = action
    }

    var all: [Duration] { lengths.withLock { $0 } }

    func pause(_ length: Duration) async {
      let number = lengths.withLock { lengths in
        lengths.append(length)
        return lengths.count
      }
      do { try await action(number) } catch { Issue.record(error) }
    }
  }

  @Test func afterThreeRoundsAPersonIsAsked() async throws {
    let stores = InMemoryStores()
    let lead = try await ToolHarness(stores: stores).newLead(["company": "Acme"])
    let pauses = Pauses()
    let harness = try ToolHarness(stores: stores, handoffPause: { await pauses.pause($0) })
    let prepared = try await harness.prepare(lead, to: "sales")
    #expect(prepared["handoff"]?["state"] == "needs_human")
    #expect(prepared["handoff"]?["attempts"] == 3 && prepared["escalationID"] != nil)
    let backoff = HandoffSettings().backoff
    #expect(pauses.all.count == 2)
    for (number, length) in pauses.all.enumerated() {
      #expect(length > .zero && length <= backoff.bound(after: number + 1))
    }
  }

  @Test func whatIsRecordedInThePauseIsFound() async throws {
    let stores = InMemoryStores()
    let other = try ToolHarness(stores: stores)
    let lead = try await other.newLead(["company": "Acme"])
    let pauses = Pauses { _ in
      _ = try await other.call(
        "remember", ["memories": [["leadID": .string(lead), "text": "wants to move in June"]]])
    }
    let harness = try ToolHarness(stores: stores, handoffPause: { await pauses.pause($0) })
    let handoff = try await harness.prepare(lead, to: "sales")["handoff"]
    // Good enough from then on; the sources are widened at once for what is still missing.
    #expect(pauses.all.count == 1)
    #expect(handoff?["state"] == "prepared" && handoff?["attempts"] == 3)
    #expect(handoff?["gaps"] == ["contact", "person"])
  }

  @Test func aGoodPacketWaitsForNothing() async throws {
    let pauses = Pauses()
    let harness = try ToolHarness(handoffPause: { await pauses.pause($0) })
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    #expect(try await harness.prepare(lead)["handoff"]?["attempts"] == 1)
    #expect(pauses.all.isEmpty)
  }

  /// Of two senders that prepare at the same time neither loses what the other one said.
  @Test func whatAnotherSenderSaysMeanwhileIsCarriedOn() async throws {
    let stores = InMemoryStores()
    let other = try ToolHarness(stores: stores)
    let lead = try await other.newLead(["company": "Acme"])
    let pauses = Pauses { number in
      guard number == 1 else { return }
      _ = try await other.prepare(lead, to: "sales", ["constraints": ["never before noon"]])
    }
    let harness = try ToolHarness(stores: stores, handoffPause: { await pauses.pause($0) })
    let packet = try await harness.packet(lead, to: "sales", ["constraints": ["only by letter"]])
    let bonds = JSONWriter.text(of: packet["constraints"] ?? .null)
    #expect(bonds.contains("never before noon") && bonds.contains("only by letter"))
  }

  @Test func theExamplesOfTheToolCanHappen() throws {
    let examples = try #require(
      try ToolContract.json("prepare_handoff")["examples"]?.arrayValue)
    #expect(examples.count == 2)
    for example in examples {
      let handoff = try #require(example["result"]?["handoff"])
      func part(_ name: String) -> Double { handoff["parts"]?[name]?.doubleValue ?? .nan }
      let score =
        0.5 * part("completeness") + 0.2 * part("consistency") + 0.15 * part("freshness")
        + 0.15 * part("relevance")
      #expect(abs(score - (handoff["quality"]?.doubleValue ?? 0)) < 0.005)
      #expect((handoff["state"] == "needs_human") == (score < 0.7))
      #expect(handoff["reason"] == example["arguments"]?["reason"])
    }
  }
}
