import Marketing

/// What has to stand in a message, whoever writes it.
struct MessageMark: Sendable, Hashable {
  /// What it is: the greeting, for example.
  let name: String
  let text: String
}

extension EngagementDesk {
  /// The greeting, the link and the signature, as far as a template's text has them.
  func marks(of content: MessageContent, for lead: Lead, saying words: Words) -> [MessageMark] {
    let values = means.voice.values(for: lead, saying: words.values)
    let names = [
      ("greeting", "greeting"), ("link", "link"), ("signature", "senderName"),
      ("signature", "organization"),
    ]
    return names.compactMap { label, name in
      switch values[name] {
      case .text(let text)?, .link(let text)?:
        content.text.contains(text) ? MessageMark(name: label, text: text) : nil
      default: nil
      }
    }
  }
}
