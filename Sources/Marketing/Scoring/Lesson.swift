/// What is learned from one lead's outcome: the values that its fields had. Holds categories only, nothing
/// that names a person.
package struct Lesson: Sendable, Hashable, Codable {
  /// The values by field, for example `source`: `webinar`.
  package var values: [String: String]

  /// A lesson.
  package init(values: [String: String]) { self.values = values }
}

/// How often each value of each field came with each outcome.
package struct LessonCounts: Sendable, Hashable, Codable {
  /// Leads with a value, by outcome.
  package struct Count: Sendable, Hashable, Codable {
    /// Leads that converted.
    package var won: Int
    /// Leads that were lost.
    package var lost: Int

    /// A count; both 0 or more.
    package init(won: Int = 0, lost: Int = 0) {
      self.won = won
      self.lost = lost
    }
  }

  /// The most values of a field that a model is made of. What fewer leads have says next to nothing, and who
  /// writes a new value with every lead must not slow down all that comes after.
  package static let mostValues = 500
  /// Stands for all values of a field that are not counted one by one; no value is empty.
  package static let otherValues = ""

  /// Leads that have an outcome.
  package var leads: Count
  /// Leads by field and value.
  package var fields: [String: [String: Count]]
  /// How often the counts have changed; equal revisions are equal counts.
  package var revision: Int64

  /// Counts.
  package init(leads: Count = Count(), fields: [String: [String: Count]] = [:], revision: Int64 = 0)
  {
    self.leads = leads
    self.fields = fields
    self.revision = revision
  }
}

/// What one model says of a lead, beside the triage that is acted on.
package struct ShadowPrediction: Sendable, Hashable {
  /// The model's name, as `ScoringChoice.name` gives it.
  package var model: String
  /// The chance of conversion, 0–1.
  package var probability: Double

  /// A prediction.
  package init(model: String, probability: Double) {
    self.model = model
    self.probability = probability
  }
}

/// A prediction and what became of the lead.
package struct JudgedPrediction: Sendable, Hashable {
  /// The model's name.
  package var model: String
  /// The lead.
  package var leadID: LeadID
  /// The chance of conversion that was predicted last before an outcome was recorded, 0–1.
  package var probability: Double
  /// Whether the lead converted.
  package var isConverted: Bool

  /// A prediction with its outcome.
  package init(model: String, leadID: LeadID, probability: Double, isConverted: Bool) {
    self.model = model
    self.leadID = leadID
    self.probability = probability
    self.isConverted = isConverted
  }
}

/// A lead of which it is known whether it converted, with its past up to then.
package struct LabelledLead: Sendable, Hashable {
  /// The lead as it is stored now.
  package var lead: Lead
  /// Whether it converted.
  package var isConverted: Bool
  /// When that was known: the first conversion, else when it was first lost, else the end of the time that
  /// it was given.
  package var decidedAt: Timestamp
  /// Whether that time is known. A file may say that a lead converted without saying when; the import
  /// then made up a time, and what stands before it tells nothing of the lead's past at its conversion.
  package var isDated: Bool
  /// Its own interactions before that, in no order.
  package var past: [PastInteraction]
  /// When it last did something before that, by its interactions and by what the lead itself says; `nil`
  /// when nothing is known of it.
  package var lastActivity: Timestamp?

  /// A lead with its label.
  package init(
    lead: Lead, isConverted: Bool, decidedAt: Timestamp, isDated: Bool = true,
    past: [PastInteraction] = [], lastActivity: Timestamp? = nil
  ) {
    self.lead = lead
    self.isConverted = isConverted
    self.decidedAt = decidedAt
    self.isDated = isDated
    self.past = past
    self.lastActivity = lastActivity
  }
}

/// What is looked at of something that happened between us and a lead.
package struct PastInteraction: Sendable, Hashable {
  /// What happened.
  package var kind: InteractionKind
  /// How the lead took it.
  package var outcome: InteractionOutcome
  /// When it happened.
  package var occurredAt: Timestamp

  /// Something that happened.
  package init(kind: InteractionKind, outcome: InteractionOutcome, occurredAt: Timestamp) {
    self.kind = kind
    self.outcome = outcome
    self.occurredAt = occurredAt
  }
}

/// Which leads have a label.
package struct LabelledLeadQuery: Sendable, Hashable {
  /// A lead without an outcome counts as lost when it came in longer ago than this before `now`, and is
  /// left out otherwise; `nil` to leave out all of them.
  package var lostAfter: Duration?
  /// What `lostAfter` is counted back from.
  package var now: Timestamp
  /// How many leads at most, the latest to come in first.
  package var limit: Int

  /// A query.
  package init(lostAfter: Duration?, now: Timestamp, limit: Int) {
    self.lostAfter = lostAfter
    self.now = now
    self.limit = limit
  }
}
