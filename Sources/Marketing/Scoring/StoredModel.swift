/// A trained model and its versions' common name.
package enum ScoringModel {}

/// A trained model's name: its base name, a hyphen and its version, for example `leads-3`.
package typealias ScoringModelID = Identifier<ScoringModel>

extension Identifier<ScoringModel> {
  /// The name of a version.
  package init(name: String, version: Int) { self.init(rawValue: "\(name)-\(version)") }
}

/// What answers when a lead is triaged.
package enum ScoringChoice: Sendable, Hashable {
  /// The scorecard that is built in.
  case scorecard
  /// The model that learns from every outcome at once.
  case incremental
  /// A trained model.
  case trained(ScoringModelID)

  /// The name by which it is chosen: `scorecard`, `incremental` or the trained model's.
  package var name: String {
    switch self {
    case .scorecard: "scorecard"
    case .incremental: "incremental"
    case .trained(let id): id.rawValue
    }
  }

  /// A choice by its name.
  /// - Returns: `nil` for text that is no name.
  package init?(name: String) {
    switch name {
    case "scorecard": self = .scorecard
    case "incremental": self = .incremental
    default:
      guard let id = ScoringModelID(checking: name) else { return nil }
      self = .trained(id)
    }
  }
}

/// What is made of a trained model once it is stored.
package enum ScoringModelRole: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing: others go on as they do.
  case stored
  /// It is scored beside the active one, to be compared.
  case challenger
  /// It answers.
  case active
}

/// A trained model as it is kept, without its content.
package struct StoredModel: Sendable, Hashable {
  /// Its name with its version.
  package var id: ScoringModelID
  /// The name that its versions share: 1 to 48 of `[a-z0-9_-]`, not ending as a version does, and none of
  /// `scorecard`, `incremental` and `none`.
  package var name: String
  /// Its version, from 1.
  package var version: Int
  /// When it was stored.
  package var createdAt: Timestamp
  /// Who trained or imported it.
  package var createdBy: String
  /// The SHA-256 of its content, in hexadecimal.
  package var digest: String
  /// The length of its content in bytes.
  package var size: Int
  /// How long training took, in seconds; `nil` for an imported one.
  package var trainingSeconds: Double?
  /// When the stored leads that it learned from were read; `nil` for one of a file, an imported one, and
  /// those of earlier versions.
  package var dataAt: Timestamp?
  /// What was found out when it was trained.
  package var report: ModelReport

  /// A model.
  package init(
    id: ScoringModelID, name: String, version: Int, createdAt: Timestamp, createdBy: String,
    digest: String, size: Int, trainingSeconds: Double?, dataAt: Timestamp? = nil,
    report: ModelReport
  ) {
    self.id = id
    self.name = name
    self.version = version
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.digest = digest
    self.size = size
    self.trainingSeconds = trainingSeconds
    self.dataAt = dataAt
    self.report = report
  }
}

/// A trained model to be stored as the next version of its name.
package struct NewScoringModel: Sendable {
  /// The name that its versions share.
  package var name: String
  /// When it is stored.
  package var createdAt: Timestamp
  /// Who trained or imported it.
  package var createdBy: String
  /// The SHA-256 of its content, in hexadecimal.
  package var digest: String
  /// The model as one file.
  package var content: [UInt8]
  /// How long training took, in seconds; `nil` for an imported one.
  package var trainingSeconds: Double?
  /// When the stored leads that it learned from were read; `nil` for one of a file, an imported one, and
  /// those of earlier versions.
  package var dataAt: Timestamp?
  /// What was found out when it was trained.
  package var report: ModelReport

  /// A model.
  package init(
    name: String, createdAt: Timestamp, createdBy: String, digest: String, content: [UInt8],
    trainingSeconds: Double?, dataAt: Timestamp? = nil, report: ModelReport
  ) {
    self.name = name
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.digest = digest
    self.content = content
    self.trainingSeconds = trainingSeconds
    self.dataAt = dataAt
    self.report = report
  }
}

/// Which models a workspace works with.
package struct ScoringChoices: Sendable, Hashable {
  /// What answers; the scorecard where nobody has chosen.
  package var active: ScoringChoice
  /// What answered before, and does again when the choice is rolled back; `nil` when there is nothing
  /// to go back to.
  package var previous: ScoringChoice?
  /// The model that is scored beside it to be compared; `nil` for none.
  package var challenger: ScoringModelID?
  /// When the active one was chosen; `nil` when nobody has chosen.
  package var since: Timestamp?

  /// Choices.
  package init(
    active: ScoringChoice = .scorecard, previous: ScoringChoice? = nil,
    challenger: ScoringModelID? = nil, since: Timestamp? = nil
  ) {
    self.active = active
    self.previous = previous
    self.challenger = challenger
    self.since = since
  }
}
