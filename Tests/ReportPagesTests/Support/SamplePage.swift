import ReportPages
import Testing

/// The pages that every test of a whole page looks at.
enum SamplePage: String, CaseIterable, CustomTestStringConvertible {
  case usual, unusual, bare

  var testDescription: String { rawValue }

  var page: ModelReportPage {
    switch self {
    case .usual:
      ModelReportPage(
        model: SampleModels.usual, drift: SampleModels.drift, shadows: SampleModels.shadows)
    case .unusual:
      ModelReportPage(model: SampleModels.unusual, drift: SampleModels.unusualDrift)
    case .bare: ModelReportPage(model: SampleModels.bare)
    }
  }

  func document() throws -> PageDocument { try PageDocument(page.html()) }
}
