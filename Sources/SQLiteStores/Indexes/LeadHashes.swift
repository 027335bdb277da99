import Marketing

/// What a lead's identity is looked up by.
struct IdentityHashes: Sendable, Hashable {
  var email: Int64?
  var phone: Int64?
  var name: Int64?
  var account: Int64?
}

/// What a lead's cohorts are counted by, all leads first.
struct CohortHashes: Sendable, Hashable {
  var all: Int64
  var source: Int64
  var industry: Int64
  var companySize: Int64
  var region: Int64
}

/// What an imported outcome is recognised by when it is read again.
struct OutcomeHashes: Sendable, Hashable {
  /// Lead, disposition, conversion and time: another report of the same is a correction.
  var name: Int64
  /// All that is said of it.
  var content: Int64
  /// That nobody said when it happened.
  var guess: Int64
}

/// Makes the 64-bit keys under which derived tables keep identities and counts. The key is the
/// database's own, made with it. Among a million leads the chance that two different identities share
/// a hash is below one in a million.
struct LeadHasher: Sendable {
  private enum Domain: UInt8 { case email, phone, name, account, cohort, outcome, key }

  let key: SipHash.Key

  func hashes(of identity: LeadIdentity, in workspace: WorkspaceID) -> IdentityHashes {
    IdentityHashes(
      email: identity.email.map { hash(.email, $0, workspace) },
      phone: identity.phone.map { hash(.phone, $0, workspace) },
      name: identity.companyAndName.map { hash(.name, $0, workspace) },
      account: identity.account.map { hash(.account, $0, workspace) })
  }

  /// The same hash that the address has in an identity.
  func hash(of address: ContactAddress, in workspace: WorkspaceID) -> Int64 {
    switch address {
    case .email(let text): hash(.email, text, workspace)
    case .phone(let text): hash(.phone, text, workspace)
    }
  }

  /// What tells this key, in a workspace, from others without telling the key.
  func name(in workspace: WorkspaceID) -> Int64 { hash(.key, "name", workspace) }

  func hashes(of key: CohortKey, in workspace: WorkspaceID) -> CohortHashes {
    var hash = start(.cohort, workspace)
    let all = hash.finalized()
    hash.add(key.source)
    let source = hash.finalized()
    hash.add(key.industry)
    let industry = hash.finalized()
    hash.add(key.companySize)
    let companySize = hash.finalized()
    hash.add(key.region)
    return CohortHashes(
      all: all, source: source, industry: industry, companySize: companySize,
      region: hash.finalized())
  }

  func hashes(of outcome: Outcome, in workspace: WorkspaceID) -> OutcomeHashes {
    var hash = start(.outcome, workspace)
    hash.add(outcome.leadID.rawValue)
    hash.add(outcome.disposition.rawValue)
    hash.add(outcome.conversionType?.rawValue)
    hash.add(String(outcome.occurredAt.milliseconds))
    let name = hash.finalized()
    var guess = hash
    guess.add("guess")
    hash.add(outcome.campaignID?.rawValue)
    hash.add(outcome.value.map { String($0.amount) })
    hash.add(outcome.value?.currency)
    hash.add(outcome.reason)
    return OutcomeHashes(name: name, content: hash.finalized(), guess: guess.finalized())
  }

  private func hash(_ domain: Domain, _ text: String, _ workspace: WorkspaceID) -> Int64 {
    var hash = start(domain, workspace)
    hash.add(text)
    return hash.finalized()
  }

  private func start(_ domain: Domain, _ workspace: WorkspaceID) -> SipHash {
    var hash = SipHash(key: key)
    hash.add(domain.rawValue)
    hash.add(workspace.rawValue)
    return hash
  }
}
