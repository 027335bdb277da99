import ReportPages
import Testing

/// Every page of every kind that must keep to the same form.
struct SampleReport: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let html: @Sendable () throws -> String

  func document() throws -> PageDocument { try PageDocument(html()) }

  static let all =
    SamplePage.allCases.map { sample in
      SampleReport(testDescription: "model \(sample)") { try sample.page.html() }
    }
    + SampleExperiment.allCases.map { sample in
      SampleReport(testDescription: "experiment \(sample)") { try sample.page().html() }
    }
    + SampleCampaign.allCases.map { sample in
      SampleReport(testDescription: "campaign \(sample)") { try sample.page().html() }
    }
}
