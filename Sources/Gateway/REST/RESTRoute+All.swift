import HTTPTypes

extension RESTRoute {
  /// All operations. The OpenAPI document describes these, which a test holds it to.
  static let all =
    leads + models + memory + handoffs + work + engagements
    + campaigns + experiments

  private static let leads = [
    RESTRoute(.post, ["leads"], "process_lead", async: "receive_lead"),
    RESTRoute(.get, ["leads"], "search_leads"),
    RESTRoute(.get, ["leads", .id("leadID")], "get_lead"),
    RESTRoute(.get, ["leads", .id("leadID"), "enrichment"], "enrich_lead"),
    RESTRoute(.get, ["leads", .id("leadID"), "journey"], "get_journey"),
    RESTRoute(.post, ["triage"], "triage_lead"),
    RESTRoute(.get, ["customers", "segments"], "segment_customers"),
    RESTRoute(.post, ["interactions"], "record_interaction"),
    RESTRoute(.post, ["outcomes"], "record_outcome"),
  ]

  private static let models = [
    RESTRoute(.post, ["models"], "train_scoring_model"),
    RESTRoute(.get, ["models"], "list_models"),
    RESTRoute(.get, ["models", .id("model")], "get_model_report"),
    RESTRoute(.post, ["active-model"], "activate_model"),
  ]

  private static let memory = [
    RESTRoute(.post, ["memories"], "remember"),
    RESTRoute(.get, ["recall"], "recall"),
    RESTRoute(.get, ["leads", .id("leadID"), "profile"], "get_profile"),
    RESTRoute(.post, ["erasures"], "erase_lead"),
  ]

  private static let handoffs = [
    RESTRoute(.post, ["handoffs"], "prepare_handoff"),
    RESTRoute(.get, ["handoffs"], "list_handoffs"),
    RESTRoute(.get, ["handoffs", .id("handoffID")], "get_handoff"),
    RESTRoute(.post, ["handoffs", .id("handoffID"), "offer"], "offer_handoff"),
    RESTRoute(.post, ["handoffs", .id("handoffID"), "acceptance"], "accept_handoff"),
    RESTRoute(.post, ["handoffs", .id("handoffID"), "rejection"], "reject_handoff"),
    RESTRoute(.get, ["escalations"], "list_escalations"),
    RESTRoute(.post, ["escalations"], "create_escalation"),
    RESTRoute(
      .post, ["escalations", .id("escalationID"), "resolution"], "resolve_escalation"),
  ]

  private static let work = [
    RESTRoute(.post, ["work", "claims"], "claim_work"),
    RESTRoute(.post, ["work", .id("workID"), "completion"], "complete_work"),
    RESTRoute(.post, ["work", .id("workID"), "failure"], "fail_work"),
    RESTRoute(.post, ["work", "heartbeats"], "heartbeat"),
    RESTRoute(.get, ["work", "dead-letters"], "list_dead_letters"),
    RESTRoute(.post, ["work", "requeues"], "requeue_work"),
  ]

  private static let campaigns = [
    RESTRoute(.post, ["campaign-metrics"], "record_campaign_metrics"),
    RESTRoute(.post, ["campaign-comparisons"], "compare_campaigns"),
    RESTRoute(.get, ["campaigns", .id("campaignID"), "analysis"], "analyze_campaign"),
    RESTRoute(.get, ["campaigns", .id("campaignID"), "forecast"], "forecast_campaign"),
    RESTRoute(.post, ["campaigns", .id("campaignID"), "optimizations"], "optimize_campaign"),
    RESTRoute(
      .post, ["optimizations", .id("optimizationID"), "application"], "apply_optimization"),
    RESTRoute(.post, ["optimizations", .id("optimizationID"), "reversal"], "revert_optimization"),
  ]

  private static let experiments = [
    RESTRoute(.post, ["experiments"], "create_experiment"),
    RESTRoute(.get, ["experiments"], "list_experiments"),
    RESTRoute(.get, ["experiments", .id("experimentID")], "analyze_experiment"),
    RESTRoute(.post, ["experiments", .id("experimentID"), "assignments"], "assign_variant"),
    RESTRoute(.post, ["experiments", .id("experimentID"), "stop"], "stop_experiment"),
  ]

  private static let engagements = [
    RESTRoute(
      .get, ["leads", .id("leadID"), "engagement"], "get_engagement", without: ["engagementID"]),
    RESTRoute(.post, ["engagements"], "plan_engagement"),
    RESTRoute(
      .get, ["engagements", .id("engagementID")], "get_engagement", without: ["leadID"]),
    RESTRoute(.post, ["engagements", .id("engagementID"), "execution"], "execute_engagement"),
    RESTRoute(.post, ["engagements", .id("engagementID"), "pause"], "pause_engagement"),
    RESTRoute(.post, ["engagements", .id("engagementID"), "cancellation"], "cancel_engagement"),
    RESTRoute(.post, ["deliveries"], "record_delivery"),
    RESTRoute(.get, ["messages", "dead-letters"], "list_dead_messages"),
    RESTRoute(.post, ["messages", "requeues"], "requeue_messages"),
    RESTRoute(.post, ["consents"], "record_consent"),
    RESTRoute(.post, ["suppressions"], "suppress_contact"),
  ]
}
