/// The tables of the agents' data set, in an order in which each table comes behind those it refers to.
package enum DatasetTable: String, Sendable, Hashable, Codable, CaseIterable {
  case campaigns
  case abVariants = "ab_variants"
  case segments
  case leads
  case conversations
  case interactions
  case conversions
  case agentActions = "agent_actions"
  case campaignDaily = "campaign_daily"
  case memoryShortTerm = "memory_short_term"
  case memoryLongTerm = "memory_long_term"
  case memoryEpisodic = "memory_episodic"
  case semanticTriples = "semantic_kg_triples"
  case rpcCalls = "mcp_jsonrpc_calls"
  case webSocketSessions = "transport_websocket_sessions"
  case httpRequests = "transport_http_requests"
  case resourceAccess = "mcp_resource_access"
  case authEvents = "security_auth_events"

  /// The tables in the order in which to import them: what a row refers to comes first.
  package static var importOrder: [DatasetTable] { allCases }

  /// The table's name as stores and reports use it.
  package var name: String { rawValue }

  /// The table's file.
  package var fileName: String { "\(rawValue).csv" }

  /// The table of a file; `nil` for other files. Case does not count.
  package init?(fileName: String) {
    let name = fileName.lowercased()
    guard name.hasSuffix(".csv") else { return nil }
    self.init(rawValue: String(name.dropLast(4)))
  }

  /// A column whose value must name a row of another table.
  package struct Reference: Sendable, Hashable {
    /// The column that refers.
    package let column: String
    /// The table it refers to by that table's key.
    package let table: DatasetTable
  }

  /// What tells a row from all others of its table.
  package enum Key: Sendable, Hashable {
    /// The values of these columns; a second row with the same values is refused.
    case columns([String])
    /// The whole content. Equal rows are counted, so that each is kept, whatever their order.
    case content
  }

  /// The columns that a file must have, in any order.
  package var columns: [String] { Self.layout[self]?.columns ?? [] }

  /// Columns that a file may have and that we understand.
  package var optionalColumns: [String] {
    self == .leads ? ["name", "company", "domain", "time_zone", "message", "job_title"] : []
  }

  /// What tells its rows apart.
  package var key: Key { Self.layout[self]?.key ?? .content }

  /// The columns that refer to other tables.
  package var references: [Reference] { Self.layout[self]?.references ?? [] }

  /// Whether rows become values of a type; otherwise they are kept as `RawRow`.
  package var isTyped: Bool {
    switch self {
    case .campaigns, .leads, .interactions, .conversions: true
    default: false
    }
  }

  /// The tables that others refer to.
  package static let referred: Set<DatasetTable> = Set(
    allCases.flatMap { $0.references.map(\.table) })
}

extension DatasetTable {
  private struct Layout: Sendable {
    let columns: [String]
    let key: Key
    let references: [Reference]
  }

  private static func layout(
    _ columns: String, key: Key, references: [String: DatasetTable] = [:]
  ) -> Layout {
    let names = columns.split(separator: " ").map { String($0) }
    return Layout(
      columns: names, key: key,
      references: names.compactMap { name in
        references[name].map { Reference(column: name, table: $0) }
      })
  }

  private static let layout: [DatasetTable: Layout] = [
    .campaigns: layout(
      """
      campaign_id name objective start_date end_date channel_mix daily_budget_usd \
      total_budget_usd owner_email primary_region target_personas kpi
      """, key: .columns(["campaign_id"])),
    .abVariants: layout(
      "variant_id campaign_id channel creative_type subject_line call_to_action tone length_words",
      key: .columns(["variant_id"]), references: ["campaign_id": .campaigns]),
    .segments: layout(
      "segment_id name rules_json description", key: .columns(["segment_id"])),
    .leads: layout(
      """
      lead_id created_at source campaign_id triage_category lead_status lead_score company_size \
      industry persona region preferred_channel gdpr_consent email phone \
      assigned_engagement_agent last_active_at
      """, key: .columns(["lead_id"]), references: ["campaign_id": .campaigns]),
    .conversations: layout(
      "conversation_id lead_id opened_at last_event_at status",
      key: .columns(["conversation_id"]), references: ["lead_id": .leads]),
    .interactions: layout(
      """
      interaction_id conversation_id lead_id campaign_id timestamp channel event_type agent_id \
      variant_id outcome metadata_json
      """, key: .columns(["interaction_id"]),
      references: [
        "conversation_id": .conversations, "lead_id": .leads, "campaign_id": .campaigns,
        "variant_id": .abVariants,
      ]),
    .conversions: layout(
      "lead_id campaign_id converted_at conversion_value_usd conversion_type",
      key: .columns(["lead_id", "converted_at", "conversion_type"]),
      references: ["lead_id": .leads, "campaign_id": .campaigns]),
    .agentActions: layout(
      """
      action_id timestamp conversation_id lead_id action_type source_agent source_agent_type \
      dest_agent_type handoff_context_json escalation_reason
      """, key: .columns(["action_id"]),
      references: ["conversation_id": .conversations, "lead_id": .leads]),
    .campaignDaily: layout(
      """
      campaign_id date impressions clicks ctr leads_created conversions cost_usd revenue_usd \
      cpl_usd roas
      """, key: .columns(["campaign_id", "date"]), references: ["campaign_id": .campaigns]),
    .memoryShortTerm: layout(
      "conversation_id lead_id last_utterance_summary active_intent slots_json expires_at",
      key: .columns(["conversation_id"]),
      references: ["conversation_id": .conversations, "lead_id": .leads]),
    .memoryLongTerm: layout(
      "lead_id region industry rfm_score preferences_json last_updated_at",
      key: .columns(["lead_id"]), references: ["lead_id": .leads]),
    .memoryEpisodic: layout(
      "episode_id scenario action_sequence_json outcome_score notes",
      key: .columns(["episode_id"])),
    .semanticTriples: layout("subject predicate object weight source", key: .content),
    .rpcCalls: layout(
      """
      rpc_id timestamp transport method params_bytes duration_ms status_code source_agent_type \
      target_resource
      """, key: .columns(["rpc_id"])),
    // The ids of these two name a connection or a retried request and come back in many rows.
    .webSocketSessions: layout(
      "session_id timestamp messages_sent messages_received bytes_in bytes_out", key: .content),
    .httpRequests: layout(
      "request_id timestamp method status_code bytes_in bytes_out", key: .content),
    .resourceAccess: layout(
      "resource_uri timestamp scope operation success actor", key: .content),
    .authEvents: layout(
      "event_id timestamp principal auth_mechanism scope result ip",
      key: .columns(["event_id"])),
  ]
}
