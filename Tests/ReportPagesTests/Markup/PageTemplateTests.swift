import ReportPages
import Testing

@Suite struct PageTemplateTests {
  private func filled(_ text: String, _ values: [String: TemplateValue]) throws -> String {
    try PageTemplate(name: "test", text: text).filled(with: values)
  }

  @Test func textIsEscapedAndMarkupIsNot() throws {
    var bold = Markup()
    bold.append("b", [:], content: Markup(escaping: "a<b"))
    #expect(
      try filled("{{x}} {{{x}}} {{y}}", ["x": .text("\"<&"), "y": .markup(bold)])
        == "&quot;&lt;&amp; &quot;&lt;&amp; <b>a&lt;b</b>")
  }

  @Test func aListIsRepeatedAndSeesWhatIsAroundIt() throws {
    let values: [String: TemplateValue] = [
      "all": .list([["n": .text("1")], ["n": .text("2")]]), "unit": .text("s"), "no": .flag(false),
    ]
    #expect(
      try filled("{{#all}}{{n}}{{unit}} {{/all}}{{#no}}x{{/no}}{{^no}}y{{/no}}", values)
        == "1s 2s y")
  }

  @Test(arguments: [
    "{{gone}}", "{{#list}}{{gone}}{{/list}}", "{{#gone}}x{{/gone}}", "{{^gone}}x{{/gone}}",
  ])
  func aNameThatIsNotThereIsAnError(text: String) throws {
    let error = #expect(throws: PageTemplateError.self) {
      try filled(text, ["list": .list([["n": .text("1")]])])
    }
    #expect(error?.description == "test: there is no value 'gone'")
  }

  @Test func aBrokenTemplateIsAnError() {
    #expect(throws: PageTemplateError.self) { try filled("{{#open}}", ["open": .flag(true)]) }
  }
}
