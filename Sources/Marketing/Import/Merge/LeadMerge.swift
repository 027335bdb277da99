import JSONRPC

/// Puts a row of a file into a lead that is stored.
///
/// Only what the file did not say when it was last read is news and may change the lead; a later row of
/// the same reading wins over an earlier one, field by field, where that has changed the lead. News never
/// take away what was recorded here: nothing is blanked, refused consent stays refused, the last activity
/// never goes back, the score and the category of a triage and the status of an outcome stay.
package struct LeadMerge {
  /// What is recorded of a lead besides its fields.
  package struct Recorded: Sendable, Hashable {
    /// Whether the lead has been triaged.
    package var hasTriage: Bool
    /// What its latest outcome says.
    package var disposition: Disposition?

    /// What is recorded.
    package init(hasTriage: Bool, disposition: Disposition?) {
      self.hasTriage = hasTriage
      self.disposition = disposition
    }
  }

  /// Why a row that names another person's lead is refused.
  package static let otherPerson = """
    the lead of this name is another person: the e-mail addresses differ, and neither the name nor the \
    telephone number is the same; where this file numbers its leads by itself, import it with --id-prefix \
    (or idPrefix in the mapping), which gives them names of their own
    """

  /// Whether the file says anything that it did not say when it was last read.
  package let hasNews: Bool
  /// Whether the row must be remembered though it has no news.
  package let needsReading: Bool
  /// Whether an earlier row of the same reading had news, which are part of the lead already.
  package let isRepeated: Bool

  private let row: ImportedLead
  private let source: ImportSource
  private let stored: Lead
  private let before: ImportMemory
  private let statements: [LeadStatement]
  private let news: [LeadStatement]

  /// Compares a row with what is stored under its name.
  package init(
    _ row: ImportedLead, from source: ImportSource, into stored: Lead, memory: ImportMemory
  ) {
    self.row = row
    self.source = source
    self.stored = stored
    self.before = memory
    let known = memory.known(of: source)
    let statements = row.statements
    news = statements.filter { !known.contains($0.mark) }
    isRepeated = memory.hasTaken(source)
    self.statements = statements
    hasNews = !news.isEmpty
    needsReading =
      news.isEmpty
      && memory.needsReading(
        Set(statements.map(\.mark)), of: source, repeatsRow: row.repeatsRow)
  }

  /// The memory of a lead that a row has made.
  /// - Parameter withoutConversion: whether the conversion was refused, so that it stays news.
  package static func memory(
    of row: ImportedLead, from source: ImportSource, withoutConversion: Bool
  ) -> ImportMemory {
    var row = row
    if withoutConversion { row.conversion = nil }
    var memory = ImportMemory()
    memory.remember(Set(row.statements.map(\.mark)), of: source)
    return memory
  }

  /// Whether the file's name for the lead is the stored name of somebody else: both have an e-mail address,
  /// and neither that nor name or telephone number is the same. An address that a file gave to this lead
  /// before is the lead's, whatever it was corrected to since.
  package func isOtherPerson(_ identity: (Lead) -> LeadIdentity) -> Bool {
    guard row.hasOwnName, let mine = row.lead.contact.email, let theirs = stored.contact.email,
      mine != theirs, mine.lowercased() != theirs.lowercased(),
      !before.hasHeard(LeadStatement(email: mine).mark)
    else { return false }
    let (here, there) = (identity(row.lead), identity(stored))
    if let email = here.email, email == there.email { return false }
    if let phone = here.phone, phone == there.phone { return false }
    if let name = row.lead.contact.name, let other = stored.contact.name,
      TextFolding.folded(name) == TextFolding.folded(other)
    {
      return false
    }
    return true
  }

  /// How the row counts: one that repeats an earlier one only where it is what changed the lead.
  package func change(_ hasChanged: Bool) -> ImportChange {
    if row.repeatsRow, isRepeated || !hasChanged { return .merged }
    return hasChanged ? .changed : .unchanged
  }

  /// The lead with the row's news.
  package func lead(_ recorded: Recorded) -> Lead {
    var lead = stored
    for statement in news { apply(statement.content, to: &lead, recorded) }
    return lead
  }

  /// The conversion, when it is news.
  package var conversion: ImportedLead.Conversion? {
    for statement in news {
      if case .conversion(let conversion) = statement.content { return conversion }
    }
    return nil
  }

  /// Whether the conversion says when one was that a file has told of without a time, so that the time that
  /// is stored is a guess.
  package var datesConversion: Bool {
    guard let conversion, conversion.isDated else { return false }
    return before.hasHeard(LeadStatement(undated: conversion).mark)
  }

  /// What is to be remembered.
  /// - Parameters:
  ///   - lead: the lead as it is now.
  ///   - withoutConversion: whether the conversion was refused, so that it stays news.
  package func memory(of lead: Lead, withoutConversion: Bool) -> ImportMemory {
    var memory = before
    let taken = statements.filter {
      if case .conversion = $0.content { return !withoutConversion }
      return true
    }
    var replaced: Set<UInt32> = []
    if lead != stored {
      replaced = Set(ImportedLead(stored).statements.map(\.mark))
      replaced.subtract(ImportedLead(lead).statements.map(\.mark))
    }
    memory.remember(
      Set(taken.map(\.mark)), of: source, replacing: replaced, repeatsRow: row.repeatsRow,
      hasNews: hasNews)
    return memory
  }

  private func apply(
    _ content: LeadStatement.Content, to lead: inout Lead, _ recorded: Recorded
  ) {
    switch content {
    case .text(let path, let text):
      // A name that was made from the address says what the address was; a newer one stays.
      if path == \Lead.contact.email, !row.hasOwnName, lead.contact.email != nil { return }
      lead[keyPath: path] = text
    case .createdAt(let time): lead.createdAt = time
    case .lastActiveAt(let time): lead.lastActiveAt = max(lead.lastActiveAt ?? time, time)
    case .campaign(let campaign): lead.campaignID = campaign
    case .channel(let channel): lead.preferredChannel = channel
    case .consent(let consent): lead.hasConsent = consent && lead.hasConsent != false
    case .status(let status):
      if recorded.disposition?.status != stored.status { lead.status = status }
    case .score(let score): if !recorded.hasTriage { lead.score = score }
    case .category(let category): if !recorded.hasTriage { lead.category = category }
    case .attribute(let name, let value): lead.attributes[name] = value
    case .conversion: break
    }
  }
}

extension Disposition {
  /// Where a lead stands that was won or lost.
  package var status: LeadStatus { self == .converted ? .converted : .unqualified }
}
