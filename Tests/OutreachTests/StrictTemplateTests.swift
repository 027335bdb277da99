import Foundation
import Marketing
import Outreach
import Testing

@Suite("Strict templates")
struct StrictTemplateTests {
  private static let file = """
    ---
    subject: For {{company}}
    channels: email, sms
    description: a test
    ---
    Hello {{name}},
    {{#items}}
    - {{title}} for {{name}}
    {{/items}}
    {{^isKnown}}new{{/isKnown}}
    --- html
    <p>Hello {{name}}</p>
    <a title="{{name}}" href="{{link}}">go</a>
    """

  private static let values: [String: TemplateValue] = [
    "company": .text("Acme"), "name": .text("Zoë"), "isKnown": .flag(false),
    "items": .list([["title": .text("one")], ["title": .text("two")]]),
    "link": .link("https://acme.example/?a=1&b=2"),
  ]

  @Test("a template with all its values")
  func fills() throws {
    let template = try StrictTemplate(name: "t", Self.file)
    #expect(template.channels == [.email, .sms] && template.description == "a test")
    #expect(template.variables == ["company", "name", "items", "title", "isKnown", "link"])
    let filled = try template.filled(with: Self.values)
    #expect(filled.subject == "For Acme")
    #expect(filled.text == "Hello Zoë,\n- one for Zoë\n- two for Zoë\nnew")
    #expect(
      filled.html == """
        <p>Hello Zoë</p>
        <a title="Zoë" href="https://acme.example/?a=1&amp;b=2">go</a>
        """)
  }

  @Test("all that is missing is told, with its place")
  func missing() throws {
    let template = try StrictTemplate(name: "t", Self.file)
    var values = Self.values
    values["company"] = nil
    values["name"] = nil
    values["isKnown"] = nil
    values["items"] = .list([["title": .text("one")], [:]])
    let error = #expect(throws: TemplateError.self) { try template.filled(with: values) }
    #expect(error?.missing == ["company", "name", "title", "isKnown"])
    for place in [
      "'company' in the subject", "'name' in line 6, 8", "'title' in line 8",
      "'isKnown' in line 10",
      "'name' in line 12, 13",
    ] {
      #expect(error?.message.contains(place) == true, "\(place): \(error?.message ?? "")")
    }
    // What is in no section that is shown is not needed.
    values = Self.values
    values["items"] = .list([])
    #expect(try template.filled(with: values).text.contains("-") == false)
  }

  @Test(
    "a value that nobody would see is missing",
    arguments: [
      ("name", .text("")), ("name", .text(" \t\n")), ("name", .text("\u{200B}\u{2060}")),
      ("name", .text("\u{3164}")), ("name", .text("\u{2800} ")), ("name", .text("\u{202E}")),
      ("link", .link("")), ("link", .link("javascript:alert(1)")), ("link", .link("https://")),
      ("link", .link("https:///x")), ("link", .link("acme.example")), ("link", .link("mailto:")),
      ("link", .link("https://acme.example/a b")), ("link", .link("data:text/html,x")),
      ("link", .link("https://acme.example/\u{202E}")), ("title", .text(" ")),
    ] as [(String, TemplateValue)])
  func blank(name: String, value: TemplateValue) throws {
    var values = Self.values
    values[name] = value
    if name == "title" { values["items"] = .list([["title": value]]) }
    let template = try StrictTemplate(name: "t", Self.file)
    let error = #expect(throws: TemplateError.self) { try template.filled(with: values) }
    #expect(error?.missing == [name])
  }

  @Test(
    "links that lead somewhere",
    arguments: [
      "https://acme.example", "HTTP://acme.example/x", "mailto:ann@acme.example?subject=x",
      "https://acme.example/a%20b?c=d#e",
    ])
  func links(link: String) throws {
    var values = Self.values
    values["link"] = .link(link)
    #expect(
      try StrictTemplate(name: "t", Self.file).filled(with: values).html?.contains(link) == true)
  }

  @Test(
    "a lead's text stays in its place",
    arguments: [
      "\"><script>alert(1)</script>", "'><b>", "{{company}}", "{{{x}}}", "a\n-- \nUnsubscribe: x",
      "a\r\n\r\nb", "\u{202E}x", "\"\u{301}>x", "&amp;", "--- html",
    ])
  func stays(text: String) throws {
    var values = Self.values
    values["name"] = .text(text)
    values["company"] = .text(text)
    let template = try StrictTemplate(name: "t", Self.file)
    let filled = try template.filled(with: values)
    let usual = try template.filled(with: Self.values)
    func lines(_ text: String?) -> Int { text?.components(separatedBy: "\n").count ?? 0 }
    #expect(lines(filled.text) == lines(usual.text) && lines(filled.html) == lines(usual.html))
    #expect(lines(filled.subject) == 1 && !filled.subject.contains("\r"))
    let html = try #require(filled.html)
    func count(_ scalar: Unicode.Scalar, _ text: String) -> Int {
      text.unicodeScalars.count { $0 == scalar }
    }
    for scalar in ["<", ">", "\"", "'"] as [Unicode.Scalar] {
      #expect(count(scalar, html) == count(scalar, usual.html ?? ""), "\(scalar)")
    }
    #expect(!html.contains("\u{202E}") && !filled.text.contains("\u{202E}"))
  }

  @Test(
    "what a template may not have is refused, with its line",
    arguments: [
      ("no front part", "front part"), ("---\nsubject\n---\nx", "line 2"),
      ("---\nsubject: x\n---\na\n{{{name}}}", "line 5"), ("---\n---\n{{> other}}", "line 3"),
      ("---\n---\n{{a.b}}", "line 3"), ("---\n---\n{{.}}", "line 3"),
      ("---\n---\n{{&x}}", "line 3"),
      ("---\n---\n{{upper(x)}}", "line 3"), ("---\n---\n{{name", "line 3"),
      ("---\n---\n{{=<% %>=}}", "line 3"), ("---\nchannels: pigeon\n---\nx", "pigeon"),
      ("---\n---\n{{#a}}x", "text"), ("---\n---\nx\n--- html\n<a href={{x}}>", "line 5"),
    ])
  func refuses(file: String, told: String) {
    let error = #expect(throws: TemplateError.self) { try StrictTemplate(name: "t", file) }
    #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
  }

  @Test("the templates that are built in can be filled in")
  func library() throws {
    let library = try TemplateLibrary()
    #expect(library.names.count == 12)
    let values: [String: TemplateValue] = [
      "greeting": .text("Hello Zoë"), "company": .text("Acme"), "topic": .text("reports"),
      "organization": .text("Relay"), "senderName": .text("Ann"),
      "link": .link("https://relay.example/x"),
      "resources": .list([["title": .text("Guide"), "url": .link("https://relay.example/g")]]),
    ]
    for name in library.names {
      let filled = try library.template(name).filled(with: values)
      #expect(!filled.subject.isEmpty && filled.text.contains("Relay"), "\(name)")
      #expect(!filled.text.contains("{{"))
    }
    #expect(throws: TemplateError.self) { try library.template("none") }
  }
}
