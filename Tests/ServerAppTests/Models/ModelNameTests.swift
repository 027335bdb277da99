import Marketing
import Testing

@testable import MarketingTools
@testable import ServerApp

@Suite struct ModelNameTests {
  @Test(arguments: [
    ("leads", true), ("leads_3", true), ("3", true), ("leads3", true), ("leads-x3", true),
    ("leads-3", false), ("a-b-12", false), ("-3", false), ("none", false), ("scorecard", false),
    ("incremental", false), ("Leads", false), ("", false),
  ])
  func namesAreToldFromVersions(_ name: String, _ isName: Bool) {
    #expect(ModelDesk.isName(name) == isName)
  }

  @Test(arguments: [
    ("leads-3.csv", "leads_3"), ("Leads 2024.csv", "leads_2024"), ("none.csv", "leads"),
    ("a-b-07.csv", "a-b_07"), ("2024.csv", "2024"), ("crm.export.csv", "crm-export"),
  ])
  func aFileMakesANameThatIsNoVersion(_ file: String, _ name: String) {
    let source = ModelTrainer.Source.file(
      .init(
        path: "/tmp/\(file)", target: "x", positive: nil, time: nil, mapping: ColumnMapping()))
    #expect(ModelTrainer.name(of: source) == name)
    #expect(ModelDesk.isName(name))
  }
}
