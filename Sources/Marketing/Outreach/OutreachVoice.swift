/// In whose name messages are written, and what they can point to.
package struct OutreachVoice: Sendable, Hashable {
  /// Something to read.
  package struct Resource: Sendable, Hashable {
    package var title: String
    package var url: String

    /// Something to read.
    package init(title: String, url: String) {
      self.title = title
      self.url = url
    }
  }

  /// Whose software writes the messages.
  package var organization: String?
  /// Who signs them.
  package var senderName: String?
  /// What they are about where nobody says.
  package var topic: String?
  /// Where a time can be chosen and more is to be read.
  package var link: String?
  /// What there is to read, the first first.
  package var resources: [Resource]

  /// A voice. A name without a value is no value: templates that need it are not filled in.
  package init(
    organization: String? = nil, senderName: String? = nil, topic: String? = nil,
    link: String? = nil, resources: [Resource] = []
  ) {
    self.organization = organization
    self.senderName = senderName
    self.topic = topic
    self.link = link
    self.resources = resources
  }

  /// Nobody's, for where nothing leaves.
  package static let example = OutreachVoice(
    organization: "Example Organization", senderName: "The Example team", topic: "our product",
    link: "https://example.com/meet",
    resources: [Resource(title: "Getting started", url: "https://example.com/start")])

  /// What the names in templates stand for, for a lead. What it is called is said as far as it is a name.
  /// - Parameter values: what is said for this message; takes the place of what is known.
  package func values(
    for lead: Lead, saying values: [String: String] = [:]
  ) -> [String: TemplateValue] {
    var all: [String: TemplateValue] = [
      "greeting": .text(SpokenName.person(lead.contact.name).map { "Hello \($0)" } ?? "Hello"),
      "company": .text(
        SpokenName.company(lead.account.company, ofMailbox: lead.contact.email) ?? "your company"),
    ]
    all["topic"] = topic.map(TemplateValue.text)
    all["link"] = link.map(TemplateValue.link)
    all["senderName"] = senderName.map(TemplateValue.text)
    all["organization"] = organization.map(TemplateValue.text)
    if !resources.isEmpty {
      all["resources"] = .list(
        resources.map { ["title": .text($0.title), "url": .link($0.url)] })
    }
    for (name, text) in values {
      if name == "link" {
        all[name] = .link(text)
      } else {
        all[name] = .text(text)
      }
    }
    return all
  }
}
