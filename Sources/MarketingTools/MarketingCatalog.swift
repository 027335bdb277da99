package import MCP
import ServedFiles

/// Everything the product serves: a line for each tool, resource and prompt.
package enum MarketingCatalog {
  /// The tools in the order they are listed.
  /// - Throws: `ContractError` for a contract file that is missing or wrong.
  package static func tools(_ environment: ToolEnvironment) throws(ContractError) -> ToolCatalog {
    try ToolCatalog([
      RegisteredTool(TriageLeadTool(environment)),
      RegisteredTool(TriageLeadsTool(environment)),
      RegisteredTool(GetLeadTool(environment)),
      RegisteredTool(SearchLeadsTool(environment)),
      RegisteredTool(EnrichLeadTool(environment)),
      RegisteredTool(SegmentCustomersTool(environment)),
      RegisteredTool(RecordInteractionTool(environment)),
      RegisteredTool(RecordOutcomeTool(environment)),
      RegisteredTool(TrainScoringModelTool(environment)),
      RegisteredTool(ListModelsTool(environment)),
      RegisteredTool(GetModelReportTool(environment)),
      RegisteredTool(ActivateModelTool(environment)),
      RegisteredTool(RelateEntitiesTool(environment)),
      RegisteredTool(QueryKnowledgeTool(environment)),
      RegisteredTool(RememberTool(environment)),
      RegisteredTool(RecallTool(environment)),
      RegisteredTool(ListMemoriesTool(environment)),
      RegisteredTool(GetProfileTool(environment)),
      RegisteredTool(ForgetTool(environment)),
      RegisteredTool(EraseLeadTool(environment)),
      RegisteredTool(ConsolidateMemoryTool(environment)),
      RegisteredTool(ProcessLeadTool(environment)),
      RegisteredTool(ReceiveLeadTool(environment)),
      RegisteredTool(ClaimWorkTool(environment)),
      RegisteredTool(CompleteWorkTool(environment)),
      RegisteredTool(FailWorkTool(environment)),
      RegisteredTool(HeartbeatTool(environment)),
      RegisteredTool(ListDeadLettersTool(environment)),
      RegisteredTool(RequeueWorkTool(environment)),
      RegisteredTool(GetJourneyTool(environment)),
      RegisteredTool(RecordConsentTool(environment)),
      RegisteredTool(SuppressContactTool(environment)),
      RegisteredTool(PrepareHandoffTool(environment)),
      RegisteredTool(OfferHandoffTool(environment)),
      RegisteredTool(AcceptHandoffTool(environment)),
      RegisteredTool(RejectHandoffTool(environment)),
      RegisteredTool(GetHandoffTool(environment)),
      RegisteredTool(ListHandoffsTool(environment)),
      RegisteredTool(ListEscalationsTool(environment)),
      RegisteredTool(ResolveEscalationTool(environment)),
      RegisteredTool(PlanEngagementTool(environment)),
      RegisteredTool(ExecuteEngagementTool(environment)),
      RegisteredTool(PauseEngagementTool(environment)),
      RegisteredTool(CancelEngagementTool(environment)),
      RegisteredTool(GetEngagementTool(environment)),
      RegisteredTool(RecordDeliveryTool(environment)),
      RegisteredTool(ListDeadMessagesTool(environment)),
      RegisteredTool(RequeueMessagesTool(environment)),
      RegisteredTool(RecordCampaignMetricsTool(environment)),
      RegisteredTool(AnalyzeCampaignTool(environment)),
      RegisteredTool(CompareCampaignsTool(environment)),
      RegisteredTool(ForecastCampaignTool(environment)),
      RegisteredTool(OptimizeCampaignTool(environment)),
      RegisteredTool(ApplyOptimizationTool(environment)),
      RegisteredTool(RevertOptimizationTool(environment)),
      RegisteredTool(CreateEscalationTool(environment)),
      RegisteredTool(CreateExperimentTool(environment)),
      RegisteredTool(AssignVariantTool(environment)),
      RegisteredTool(AnalyzeExperimentTool(environment)),
      RegisteredTool(StopExperimentTool(environment)),
      RegisteredTool(ListExperimentsTool(environment)),
    ])
  }

  /// The resources in the order they are listed.
  package static func resources(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> ResourceCatalog {
    ResourceCatalog(
      [DatasetSummaryResource.registered(environment)] + PlaybookResources.registered()
        + (try TemplateResource.registered(environment))
        + [
          try LeadResource.registered(environment), try ModelReportResource.registered(environment),
          try KnowledgeResource.registered(environment),
          try MemoryResource.registered(environment),
          try JourneyResource.registered(environment),
          try HandoffResource.registered(environment),
          try PerformanceResource.registered(environment),
          try CampaignResource.registered(environment),
          try ExperimentResource.registered(environment),
          try CampaignReportResource.registered(environment),
          try ExperimentReportResource.registered(environment),
        ])
  }

  /// The prompts in the order they are listed.
  package static func prompts(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> PromptCatalog {
    PromptCatalog([
      try LeadPrompt(.qualifyLead, scopes: ["leads:read"], environment).registered(),
      try LeadPrompt(.recallBrief, scopes: ["leads:read", "memory:read"], environment).registered(),
    ])
  }
}
