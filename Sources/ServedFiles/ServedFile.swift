/// A file that is built into the binary, so that there is nothing to lose beside it.
package struct ServedFile: Sendable {
  /// The file's name without folder and extension.
  package let name: String
  /// What the file holds.
  package let bytes: [UInt8]
}

extension ServedFile {
  /// The tools' contracts in the order the tools are listed, from `tools-schema/`.
  package static let toolContracts: [ServedFile] = [
    ServedFile(name: "triage_lead", bytes: PackageResources.triage_lead_json),
    ServedFile(name: "triage_leads", bytes: PackageResources.triage_leads_json),
    ServedFile(name: "get_lead", bytes: PackageResources.get_lead_json),
    ServedFile(name: "search_leads", bytes: PackageResources.search_leads_json),
    ServedFile(name: "enrich_lead", bytes: PackageResources.enrich_lead_json),
    ServedFile(name: "segment_customers", bytes: PackageResources.segment_customers_json),
    ServedFile(name: "record_interaction", bytes: PackageResources.record_interaction_json),
    ServedFile(name: "record_outcome", bytes: PackageResources.record_outcome_json),
    ServedFile(name: "train_scoring_model", bytes: PackageResources.train_scoring_model_json),
    ServedFile(name: "list_models", bytes: PackageResources.list_models_json),
    ServedFile(name: "get_model_report", bytes: PackageResources.get_model_report_json),
    ServedFile(name: "activate_model", bytes: PackageResources.activate_model_json),
    ServedFile(name: "relate_entities", bytes: PackageResources.relate_entities_json),
    ServedFile(name: "query_knowledge", bytes: PackageResources.query_knowledge_json),
    ServedFile(name: "remember", bytes: PackageResources.remember_json),
    ServedFile(name: "recall", bytes: PackageResources.recall_json),
    ServedFile(name: "list_memories", bytes: PackageResources.list_memories_json),
    ServedFile(name: "get_profile", bytes: PackageResources.get_profile_json),
    ServedFile(name: "forget", bytes: PackageResources.forget_json),
    ServedFile(name: "erase_lead", bytes: PackageResources.erase_lead_json),
    ServedFile(name: "consolidate_memory", bytes: PackageResources.consolidate_memory_json),
    ServedFile(name: "process_lead", bytes: PackageResources.process_lead_json),
    ServedFile(name: "receive_lead", bytes: PackageResources.receive_lead_json),
    ServedFile(name: "claim_work", bytes: PackageResources.claim_work_json),
    ServedFile(name: "complete_work", bytes: PackageResources.complete_work_json),
    ServedFile(name: "fail_work", bytes: PackageResources.fail_work_json),
    ServedFile(name: "heartbeat", bytes: PackageResources.heartbeat_json),
    ServedFile(name: "list_dead_letters", bytes: PackageResources.list_dead_letters_json),
    ServedFile(name: "requeue_work", bytes: PackageResources.requeue_work_json),
    ServedFile(name: "get_journey", bytes: PackageResources.get_journey_json),
    ServedFile(name: "record_consent", bytes: PackageResources.record_consent_json),
    ServedFile(name: "suppress_contact", bytes: PackageResources.suppress_contact_json),
    ServedFile(name: "prepare_handoff", bytes: PackageResources.prepare_handoff_json),
    ServedFile(name: "offer_handoff", bytes: PackageResources.offer_handoff_json),
    ServedFile(name: "accept_handoff", bytes: PackageResources.accept_handoff_json),
    ServedFile(name: "reject_handoff", bytes: PackageResources.reject_handoff_json),
    ServedFile(name: "get_handoff", bytes: PackageResources.get_handoff_json),
    ServedFile(name: "list_handoffs", bytes: PackageResources.list_handoffs_json),
    ServedFile(name: "list_escalations", bytes: PackageResources.list_escalations_json),
    ServedFile(name: "resolve_escalation", bytes: PackageResources.resolve_escalation_json),
    ServedFile(name: "plan_engagement", bytes: PackageResources.plan_engagement_json),
    ServedFile(name: "execute_engagement", bytes: PackageResources.execute_engagement_json),
    ServedFile(name: "pause_engagement", bytes: PackageResources.pause_engagement_json),
    ServedFile(name: "cancel_engagement", bytes: PackageResources.cancel_engagement_json),
    ServedFile(name: "get_engagement", bytes: PackageResources.get_engagement_json),
    ServedFile(name: "record_delivery", bytes: PackageResources.record_delivery_json),
    ServedFile(name: "list_dead_messages", bytes: PackageResources.list_dead_messages_json),
    ServedFile(name: "requeue_messages", bytes: PackageResources.requeue_messages_json),
    ServedFile(
      name: "record_campaign_metrics", bytes: PackageResources.record_campaign_metrics_json),
    ServedFile(name: "analyze_campaign", bytes: PackageResources.analyze_campaign_json),
    ServedFile(name: "compare_campaigns", bytes: PackageResources.compare_campaigns_json),
    ServedFile(name: "forecast_campaign", bytes: PackageResources.forecast_campaign_json),
    ServedFile(name: "optimize_campaign", bytes: PackageResources.optimize_campaign_json),
    ServedFile(name: "apply_optimization", bytes: PackageResources.apply_optimization_json),
    ServedFile(name: "revert_optimization", bytes: PackageResources.revert_optimization_json),
    ServedFile(name: "create_escalation", bytes: PackageResources.create_escalation_json),
    ServedFile(name: "create_experiment", bytes: PackageResources.create_experiment_json),
    ServedFile(name: "assign_variant", bytes: PackageResources.assign_variant_json),
    ServedFile(name: "analyze_experiment", bytes: PackageResources.analyze_experiment_json),
    ServedFile(name: "stop_experiment", bytes: PackageResources.stop_experiment_json),
    ServedFile(name: "list_experiments", bytes: PackageResources.list_experiments_json),
  ]

  /// How to treat leads, in Markdown, from `resources/playbooks/`.
  package static let playbooks: [ServedFile] = [
    ServedFile(name: "speed-to-lead", bytes: PackageResources.speed_to_lead_md),
    ServedFile(name: "qualify-campaign-leads", bytes: PackageResources.qualify_campaign_leads_md),
    ServedFile(name: "nurture-cold-leads", bytes: PackageResources.nurture_cold_leads_md),
    ServedFile(
      name: "answer-general-inquiries", bytes: PackageResources.answer_general_inquiries_md),
    ServedFile(name: "handoff-checklist", bytes: PackageResources.handoff_checklist_md),
    ServedFile(name: "consent-and-quiet-hours", bytes: PackageResources.consent_and_quiet_hours_md),
  ]

  /// The scoring model that works before there is any data, from `resources/models/`.
  package static let scorecard = ServedFile(
    name: "scorecard", bytes: PackageResources.scorecard_json)

  /// Which segment customers belong to, from `resources/segments/`.
  package static let segments = ServedFile(name: "rfm", bytes: PackageResources.rfm_json)

  /// Which time zones telephone numbers and regions may lie in, from `resources/zones/`.
  package static let zones = ServedFile(name: "countries", bytes: PackageResources.countries_json)

  /// How leads of each category are won, from `resources/strategies/`.
  package static let strategies: [ServedFile] = [
    ServedFile(name: "campaign_qualified", bytes: PackageResources.campaign_qualified_json),
    ServedFile(name: "cold_lead", bytes: PackageResources.cold_lead_json),
    ServedFile(name: "general_inquiry", bytes: PackageResources.general_inquiry_json),
  ]

  /// What roles of agents need to take a lead over, from `resources/handoffs/`.
  package static let handoffContracts: [ServedFile] = [
    ServedFile(name: "engagement", bytes: PackageResources.engagement_json),
    ServedFile(name: "optimizer", bytes: PackageResources.optimizer_json),
    ServedFile(name: "sales", bytes: PackageResources.sales_json),
    ServedFile(name: "general", bytes: PackageResources.general_json),
  ]

  /// The prompt that prepares the next contact with a lead, from `resources/prompts/`.
  package static let qualifyLead = ServedFile(
    name: "qualify_lead", bytes: PackageResources.qualify_lead_json)

  /// The prompt that briefs an agent on a lead, from `resources/prompts/`.
  package static let recallBrief = ServedFile(
    name: "recall_brief", bytes: PackageResources.recall_brief_json)

  /// What messages say, in Mustache, from `resources/templates/`.
  package static let templates: [ServedFile] = [
    ServedFile(name: "first_call", bytes: PackageResources.first_call_mustache),
    ServedFile(name: "demo_invitation", bytes: PackageResources.demo_invitation_mustache),
    ServedFile(name: "customer_case", bytes: PackageResources.customer_case_mustache),
    ServedFile(name: "second_call", bytes: PackageResources.second_call_mustache),
    ServedFile(name: "last_note", bytes: PackageResources.last_note_mustache),
    ServedFile(name: "nurture_guide", bytes: PackageResources.nurture_guide_mustache),
    ServedFile(name: "nurture_guide_short", bytes: PackageResources.nurture_guide_short_mustache),
    ServedFile(name: "nurture_figure", bytes: PackageResources.nurture_figure_mustache),
    ServedFile(name: "nurture_question", bytes: PackageResources.nurture_question_mustache),
    ServedFile(name: "automatic_answer", bytes: PackageResources.automatic_answer_mustache),
    ServedFile(name: "resources", bytes: PackageResources.resources_mustache),
    ServedFile(name: "self_service", bytes: PackageResources.self_service_mustache),
  ]

  /// What the operations under `/api/v1` take and answer, as OpenAPI, from `resources/openapi/`.
  package static let openAPI = ServedFile(name: "openapi", bytes: PackageResources.openapi_json)

  /// Where the hosts keep their lists of servers, from `resources/`.
  package static let hosts = ServedFile(name: "hosts", bytes: PackageResources.hosts_json)

  /// The page on a trained model, in Mustache, from `resources/pages/`.
  package static let modelReport = ServedFile(
    name: "model-report.mustache", bytes: PackageResources.model_report_mustache)

  /// The page on an experiment, in Mustache, from `resources/pages/`.
  package static let experimentReport = ServedFile(
    name: "experiment-report.mustache", bytes: PackageResources.experiment_report_mustache)

  /// The page on a campaign, in Mustache, from `resources/pages/`.
  package static let campaignReport = ServedFile(
    name: "campaign-report.mustache", bytes: PackageResources.campaign_report_mustache)

  /// The style sheet of all pages, from `resources/pages/`.
  package static let reportStyle = ServedFile(
    name: "report.css", bytes: PackageResources.report_css)
}
