import Marketing

extension ExperimentReportPage {
  /// How everything was computed, with its sources.
  var methods: PageSection {
    var items = [
      "Rates have Wilson's score interval (Wilson 1927).",
      "Two rates are compared by the pooled z, with an interval from both variances (Fleiss, Levin, Paik, "
        + "Statistical Methods for Rates and Proportions, chapter 3); means of amounts by Welch's t "
        + "(Welch 1947).",
      "The lift's interval is by the delta method (Deng, Knoblich, Lu 2018).",
      "The ratio of units is checked by Pearson's χ²; below p 0.001 nothing is concluded (Fabijan et al. "
        + "2019).",
      "What allows for several variants and metrics is by \(experiment.correction.title) "
        + (experiment.correction == .holm ? "(Holm 1979)." : "(Benjamini and Hochberg 1995)."),
      "The interval and the p of any look are an asymptotic confidence sequence (Waudby-Smith et al. 2021; "
        + "Johari et al. 2015), alpha shared over all variants but the control. Looks at fewer than five "
        + "units that showed the metric or five that did not are left out, or at fewer than 20 with amounts.",
      "Chances by Bayes are of beta distributions after a uniform prior, of normal ones for amounts (Gelman "
        + "et al., Bayesian Data Analysis, chapter 2); the expected loss is as in Stucchio 2015.",
      "Guardrails are judged by intervals that hold at any look, the chance of a false alarm shared over all "
        + "checks.",
    ]
    switch experiment.kind {
    case .test:
      items.insert(
        "Planned looks share the chance of a false positive by a spending function in the manner of O'Brien "
          + "and Fleming (Lan, DeMets 1983), the boundaries by recursive integration (Armitage, "
          + "McPherson, Rowe 1969).", at: 5)
    case .bandit:
      items.append(
        "Shares follow Thompson's rule (Thompson 1933; Scott 2010) with a floor: f + (1 − k·f)·w, w being "
          + "the chance to be the best of k variants.")
    }
    if analysis.metrics.contains(where: { $0.comparisons.contains { $0.adjusted != nil } }) {
      items.append(
        "What was known of the units before is taken out by CUPED (Deng, Xu, Kohavi, Walker 2013).")
    }
    if !segments.isEmpty {
      items.append(
        "Segments are compared by chances that hold at any look, allowing for all segments and variants."
      )
    }
    return PageSection(id: "methods", title: "How it was computed", items: items)
  }
}
