package import Marketing

/// What the tools work with: the stores behind their ports, the model, the settings, the time.
package struct ToolEnvironment: Sendable {
  /// Leads with their scores, interactions and outcomes.
  package let leads: any LeadStore
  /// What has been imported.
  package let datasets: any DatasetStore
  /// Who bought what, and what surrounds leads.
  package let customers: any CustomerStore
  /// Entities and how they relate.
  package let knowledge: any KnowledgeGraphStore
  /// Leads on their way from one role to another, and what people have to decide.
  package let handoffs: any HandoffStore & EscalationStore
  /// What an operator may change about handoffs.
  package let handoffSettings: HandoffSettings
  /// Waits before a handoff is collected anew.
  package let handoffPause: @Sendable (Duration) async -> Void
  /// The scoring model that is built in.
  package let scorecard: Scorecard
  /// The scoring models that were trained.
  package let models: ModelDesk
  /// Erases people.
  package let erasures: any LeadErasureStore
  /// Who may be contacted.
  package let consents: any ConsentStore
  /// What is remembered.
  package let memory: MemoryDesk
  /// What an operator may change about triage.
  package let settings: TriageSettings
  /// Consolidates memory.
  package let consolidator: Consolidator
  /// The queue of work.
  package let work: WorkDesk
  /// Wins leads.
  package let engagements: EngagementDesk
  /// What campaigns do.
  package let campaigns: CampaignDesk
  /// Compares variants.
  package let experiments: ExperimentDesk
  /// The segments of customers.
  package let segments: SegmentTable
  /// What an operator may change about how customers are valued.
  package let customerSettings: CustomerSettings
  /// Whether `ann+news@example.com` is another address than `ann@example.com`.
  package let keepsPlusTags: Bool
  /// Is told how each run of the whole flow ended, and how many milliseconds its stages took.
  package let observe: @Sendable (ProcessOutcome, [(ProcessStage, Double)]) -> Void
  /// The time of day.
  package let now: @Sendable () -> Timestamp
  let customerModels = CustomerModels()

  /// An environment.
  package init(
    leads: any LeadStore, datasets: any DatasetStore, customers: any CustomerStore,
    knowledge: any KnowledgeGraphStore, handoffs: any HandoffStore & EscalationStore,
    scorecard: Scorecard, models: ModelDesk, memory: MemoryDesk,
    erasures: any LeadErasureStore, consents: any ConsentStore, consolidator: Consolidator,
    work: WorkDesk, engagements: EngagementDesk, campaigns: CampaignDesk,
    experiments: ExperimentDesk, segments: SegmentTable,
    settings: TriageSettings = TriageSettings(),
    customerSettings: CustomerSettings = CustomerSettings(),
    handoffSettings: HandoffSettings = HandoffSettings(),
    handoffPause: @escaping @Sendable (Duration) async -> Void = {
      try? await Task.sleep(for: $0)
    }, keepsPlusTags: Bool = false,
    observe: @escaping @Sendable (ProcessOutcome, [(ProcessStage, Double)]) -> Void = { _, _ in },
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.leads = leads
    self.datasets = datasets
    self.customers = customers
    self.knowledge = knowledge
    self.handoffs = handoffs
    self.handoffSettings = handoffSettings
    self.handoffPause = handoffPause
    self.scorecard = scorecard
    self.models = models
    self.memory = memory
    self.erasures = erasures
    self.consents = consents
    self.consolidator = consolidator
    self.work = work
    self.engagements = engagements
    self.campaigns = campaigns
    self.experiments = experiments
    self.segments = segments
    self.customerSettings = customerSettings
    self.settings = settings
    self.keepsPlusTags = keepsPlusTags
    self.observe = observe
    self.now = now
  }

  func identity(of lead: Lead) -> LeadIdentity {
    LeadIdentity(of: lead, keepsPlusTags: keepsPlusTags)
  }

  /// A new name, unique by time and chance.
  func newName<Entity>(_ prefix: String, at now: Timestamp) -> Identifier<Entity> {
    WorkDesk.newName(prefix, at: now)
  }
}
