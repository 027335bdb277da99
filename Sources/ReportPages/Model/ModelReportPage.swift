package import Marketing
import ServedFiles

/// One trained model on one page of HTML that needs nothing beside it: no script, no font, no picture, no
/// other file. The same values make the same bytes.
package struct ModelReportPage: Sendable {
  /// The model.
  package var model: StoredModel
  /// How far the leads of now are from its training; `nil` where that was not counted.
  package var drift: DriftReport?
  /// How it did beside others on the same leads, in the order to be shown; empty where no other model was
  /// scored beside it.
  package var shadows: [ShadowComparison]

  /// A page.
  package init(model: StoredModel, drift: DriftReport? = nil, shadows: [ShadowComparison] = []) {
    self.model = model
    self.drift = drift
    self.shadows = shadows
  }

  /// The page.
  /// - Throws: when the template that is built in does not fit the values: a fault of ours.
  package func html() throws(PageTemplateError) -> String {
    var values = PageStyle.values
    for part in [introduction, quality, drivers, changes, comparisons, data] {
      values.merge(part) { first, _ in first }
    }
    return try PageTemplate(ServedFile.modelReport).filled(with: values)
  }

  var report: ModelReport { model.report }
}

/// The style sheet that all pages share.
package enum PageStyle {
  /// The SHA-256 of `resources/pages/report.css` in base 64, by which a page allows this style sheet and no
  /// other. A test tells the new one after a change.
  package static let digest = "a5f/IvXw6aPFDo6743mt512uim0CLPxX3lzXPg4kX0k="

  /// What a template takes the style sheet and its digest from.
  package static var values: [String: TemplateValue] {
    [
      "style": .markup(Markup(styleSheet: ServedFile.reportStyle)),
      "styleDigest": .text(digest),
    ]
  }
}
