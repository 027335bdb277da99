import MCP
import Testing

/// Every scenario of the protocol's public conformance suite is here.
@Suite struct CoverageTests {
  /// The suite's names, without what its own runner adds.
  private static let legacy =
    """
    server-initialize server-session-lifecycle logging-set-level ping completion-complete tools-list
    tools-call-simple-text tools-call-image tools-call-audio tools-call-embedded-resource
    tools-call-mixed-content tools-call-error tools-call-with-progress tools-call-with-logging
    tools-call-sampling tools-call-elicitation elicitation-sep1034-defaults elicitation-sep1330-enums
    json-schema-2020-12 server-sse-multiple-streams server-sse-polling resources-list
    resources-read-text resources-read-binary resources-templates-read resources-subscribe
    resources-unsubscribe prompts-list prompts-get-simple prompts-get-with-args
    prompts-get-embedded-resource prompts-get-with-image
    """

  private static let modern =
    """
    completion-complete tools-list tools-call-simple-text tools-call-image tools-call-audio
    tools-call-embedded-resource tools-call-mixed-content tools-call-error tools-call-with-progress
    json-schema-2020-12 server-sse-multiple-streams resources-list resources-read-text
    resources-read-binary resources-templates-read sep-2164-resource-not-found prompts-list
    prompts-get-simple prompts-get-with-args prompts-get-embedded-resource prompts-get-with-image
    caching server-stateless input-required-result-basic-elicitation
    input-required-result-basic-sampling input-required-result-basic-list-roots
    input-required-result-request-state input-required-result-multiple-input-requests
    input-required-result-multi-round input-required-result-non-tool-request
    input-required-result-result-type input-required-result-tampered-state
    input-required-result-capability-check input-required-result-unsupported-methods
    input-required-result-missing-input-response input-required-result-ignore-extra-params
    input-required-result-validate-input tasks-lifecycle tasks-capability-negotiation
    tasks-wire-fields tasks-request-state-removal tasks-mrtr-input tasks-dispatch-and-envelope
    tasks-required-task-error tasks-mrtr-composition tasks-status-notifications
    """

  private static let http =
    """
    server-initialize server-session-lifecycle server-sse-multiple-streams server-sse-polling
    dns-rebinding-protection server-stateless caching http-header-validation
    http-custom-header-server-validation tasks-request-headers tools-call-with-progress
    """

  private static func names(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static func scenario(_ name: String) -> String {
    String(name.prefix { $0 != ":" })
  }

  @Test func everyScenarioIsHere() {
    let found = Dictionary(grouping: Scenario.all, by: \.version).mapValues {
      Set($0.map { Self.scenario($0.name) })
    }
    #expect(Self.names(Self.legacy).subtracting(found[.v2025November] ?? []) == [])
    #expect(Self.names(Self.modern).subtracting(found[.v2026July] ?? []) == [])
    let overHTTP = Set(HTTPScenario.all.map { Self.scenario($0.name) })
    #expect(overHTTP == Self.names(Self.http))
  }

  @Test func noTwoHaveOneName() {
    #expect(Set(Scenario.all.map(\.testDescription)).count == Scenario.all.count)
    #expect(Set(HTTPScenario.all.map(\.name)).count == HTTPScenario.all.count)
  }
}
