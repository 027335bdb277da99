import Marketing
import ReportPages
import Testing

/// Pictures that show what the figures say.
@Suite struct ChartTests {
  @Test func liftBarsStandOnZeroAndAreAsHighAsTheirLift() throws {
    let picture = try SamplePage.usual.document().picture("Lift by tenth")
    let bars = picture.all(class: "fill")
    let rows = SampleModels.usual.report.lift
    try #require(bars.count == rows.count)
    let unit = try bars[0].number("height") / rows[0].lift
    let base = try bars[0].number("y") + bars[0].number("height")
    for (bar, row) in zip(bars, rows) {
      #expect(try abs(bar.number("height") / unit - row.lift) < 0.01)
      #expect(try abs(bar.number("y") + bar.number("height") - base) < 0.02)
    }
    let one = try #require(picture.all(class: "reference").first)
    #expect(try abs(base - one.number("y1") - unit) < 0.02)
  }

  @Test func calibrationDotsLieOnTheSameScaleBothWays() throws {
    let picture = try SamplePage.usual.document().picture("Calibration")
    let bins = SampleModels.usual.report.calibrationCurve
    let dots = picture.all("circle")
    let diagonal = try #require(picture.all(class: "reference").first)
    let (x0, y0) = (try diagonal.number("x1"), try diagonal.number("y1"))
    let (width, height) = (try diagonal.number("x2") - x0, try y0 - diagonal.number("y2"))
    #expect(width == height)
    try #require(dots.count == bins.count)
    for (dot, bin) in zip(dots, bins) {
      #expect(try abs((dot.number("cx") - x0) / width - bin.predicted) < 0.001)
      #expect(try abs((y0 - dot.number("cy")) / height - bin.observed) < 0.001)
    }
    // A whisker is a line and two strokes.
    let whiskers = picture.all(class: "whisker")
    try #require(whiskers.count == 3 * bins.count)
    for (index, bin) in bins.enumerated() {
      #expect(try abs((y0 - whiskers[3 * index].number("y1")) / height - bin.interval.low) < 0.001)
      #expect(try abs((y0 - whiskers[3 * index].number("y2")) / height - bin.interval.high) < 0.001)
    }
    #expect(picture.all(class: "faint").count == bins.count)
  }

  @Test func theLinesOfDriftLieWhereTheBarsWouldEnd() throws {
    let picture = try SamplePage.usual.document().picture("Population stability")
    let lines = try picture.all(class: "reference").map { try $0.number("x1") }
    try #require(lines.count == 2)
    let bars = picture.all("rect")
    let start = try bars[0].number("x")
    let unit = try bars[0].number("width") / 0.3141
    #expect(abs((lines[0] - start) / unit - 0.10) < 0.001)
    #expect(abs((lines[1] - start) / unit - 0.25) < 0.001)
    // What is in warning or alarm says so in words too. A bar of no length is none.
    #expect(picture.all(class: "strong").count == 2)
    #expect(bars.count == 4)
    #expect(
      picture.all(class: "value").map(\.text) == [
        "0.314 alarm", "0.133 warning", "0.041 stable", "0.009 stable", "0.000 stable",
      ])
  }

  @Test func theROCCurveRunsFromCornerToCorner() throws {
    let picture = try SamplePage.usual.document().picture("ROC curve")
    let path = try #require(picture.all(class: "curve").first?.attributes["d"])
    #expect(path.hasPrefix("M60 370L"))
    #expect(path.hasSuffix("L400 30"))
    #expect(picture.all(class: "headline").map(\.text) == ["AUC 0.911"])
  }

  @Test(arguments: [(0.0, 0.4), (0.25, 0.6), (0.5, 0.8), (1.0, 1.0)])
  func aStepCountsAtItsTop(x: Double, y: Double) throws {
    let steps = [(0, 0), (0, 0.4), (0.5, 0.8), (0.5, 0.8), (1, 1)]
      .map { ModelReport.Point(x: $0.0, y: $0.1) }
    let height = try #require(ROCChart.height(of: steps, at: x))
    #expect(abs(height - y) < 1e-12)
  }

  @Test func anEmptyBandHasNoRate() throws {
    let picture = try SamplePage.unusual.document().picture("Categories")
    #expect(picture.all(class: "value").map(\.text).filter { $0 == "no leads" }.count == 2)
    #expect(picture.all(class: "fill").count == 1)
  }

  @Test func onlyTheFirstFieldsAreDrawnAndItIsSaid() throws {
    let picture = try SamplePage.unusual.document().picture("Importance")
    #expect(picture.all(class: "name").count == ImportanceChart.most)
    #expect(picture.all("desc")[0].text.hasSuffix("The first 20 are drawn."))
  }

  /// Guessed widths, so with some room: a long name must not reach into its bar or out of the picture.
  @Test func longNamesAreShortenedInTheMiddle() throws {
    let names = try SamplePage.unusual.document().picture("Importance").all(class: "name").map(
      \.text)
    #expect(
      names.contains { $0.hasPrefix("column_of") && $0.contains("…") && $0.hasSuffix("_118") })
    #expect(names.allSatisfy { $0.count <= 34 })
    #expect(names.contains("(no name)"))
  }

  @Test(arguments: SampleReport.all)
  func everyShapeIsWithinItsPicture(sample: SampleReport) throws {
    for picture in try sample.document().root.all("svg") {
      let (width, height) = (try picture.number("width"), try picture.number("height"))
      for shape in picture.descendants {
        for key in ["x", "x1", "x2", "cx"] where shape.attributes[key] != nil {
          #expect(try (0...width).contains(shape.number(key)))
        }
        for key in ["y", "y1", "y2", "cy"] where shape.attributes[key] != nil {
          #expect(try (0...height).contains(shape.number(key)))
        }
      }
    }
  }
}
