package import Marketing

/// What reports of deliveries are signed with: one secret for the reports of every workspace, secrets for those of
/// one workspace each, or both.
package struct ReportSecrets: Sendable, Hashable {
  /// A secret.
  package struct Entry: Sendable, Hashable {
    /// Reports of its messages may be signed with the secret; `nil` for every workspace.
    package let workspace: WorkspaceID?
    /// The secret.
    package let secret: WebhookSecret
  }

  /// The secrets in their order; one at least.
  package let entries: [Entry]

  /// Secrets as a file has them: a line for each, `whsec_…` or `WORKSPACE whsec_…`.
  /// - Returns: `nil` for anything else.
  package init?(_ text: String) {
    var entries: [Entry] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.isEmpty { continue }
      guard words.count <= 2, let secret = WebhookSecret(words[words.count - 1]) else {
        return nil
      }
      var workspace: WorkspaceID?
      if words.count == 2 {
        workspace = WorkspaceID(checking: words[0])
        guard workspace != nil else { return nil }
      }
      entries.append(Entry(workspace: workspace, secret: secret))
    }
    guard !entries.isEmpty else { return nil }
    self.entries = entries
  }

  /// The secret that a request is signed with; that for every workspace before others.
  /// - Returns: `nil` when none has signed it, or its time is not within five minutes of now.
  package func signer(
    of signature: String, id: String, seconds: Int64, body: [UInt8], at now: Timestamp
  ) -> Entry? {
    let signers = entries.filter { entry in
      WebhookSignature.isGood(
        signature, id: id, seconds: seconds, body: body, secret: entry.secret, at: now)
    }
    return signers.first { $0.workspace == nil } ?? signers.first
  }
}
