extension SampleDataset {
  /// What is true of the data, in Markdown: written from the numbers that the data are drawn with.
  package static var documentation: String {
    """
    # Sample data

    Leads, campaigns, conversations, conversions, memory and logs of a company that does not exist, in the
    layout of the agents' data set (18 CSV files; `leads.csv` has the further columns
    \(list(furtherLeadColumns))). Everything follows from a seed, a number of leads and the end of the history, which is
    \(SampleWorld.days) days long: the same three give the same bytes on every machine. Domains end in `.example`, telephone
    numbers are in ranges kept for fiction or not assigned. Times are UTC; people live by their zone's standard time.

    ## Who converts

    The log-odds of a conversion are the sum of the parts below, starting at \(number(SampleSignal.intercept)). About 12 % of
    the leads have converted by the end; those who came last have had little time. Industry and region have no
    effect by themselves, neither have campaign, channel, time zone and consent, but for what they bring about.

    \(table("Source", SampleSignal.sources))

    \(table("Persona", SampleSignal.personas))

    \(table("Company size", SampleSignal.companySizes))

    \(table("What the message asks for", SampleSignal.intents))

    | Region and industry together | Log-odds |
    | --- | ---: |
    \(SampleSignal.interactions.map { "| \($0.region), \($0.industry) | \(number($0.logOdds)) |" }
      .joined(separator: "\n"))
    | all others | 0.00 |

    | Time from arrival to our first touch | Share | Log-odds |
    | --- | ---: | ---: |
    \(SampleSignal.firstTouch.map { "| \($0.name) | \(percent($0.share)) | \(number($0.logOdds)) |" }
      .joined(separator: "\n"))

    | What happens then | Log-odds |
    | --- | ---: |
    | each reply or answered call that is not negative, up to \(SampleSignal.perReply.most) | \(number(SampleSignal.perReply.logOdds)) |
    | each negative one | \(number(SampleSignal.perNegativeReply)) |
    | each click in an e-mail, up to \(SampleSignal.perClick.most) | \(number(SampleSignal.perClick.logOdds)) |

    `lead_score` knows the first five tables only and is noisy: 44.5 + 37.8·(0.85·z + 0.53·e), cut to 0–100, where z is
    their standardized sum and e is standard normal. `triage_category` follows from it at 70 and 30. `lead_status` is
    known after the outcome only: it must not be learned from.

    ## What happens to a lead

    - Only leads with consent get more than one message. The chance of consent by source is
      \(zip(SampleSignal.sources, SampleSignal.consent).map { "\($0.name) \(percent($1))" }.joined(separator: ", ")).
    - Of the e-mails 45 % are opened; 5 % of those who open unsubscribe, which ends all contact. Clicks and replies are
      the likelier the better the lead, and depend on the variant's tone, each lead seeing one variant only. The factors are
      \(SampleSignal.tones.map { "\($0.name) \(number($0.factor))" }.joined(separator: ", ")).
    - Six reactions in ten fall into the part of the day that the person prefers; `memory_long_term` names it.
    - The conversion comes after the last reply or click, about half of them within three days.
    - One conversion in five is a purchase, and half of the others lead to one. Repeat purchases follow BG/NBD with
      r = \(SamplePurchases.r), α = \(Int(SamplePurchases.alphaDays)) days, a = \(Int(SamplePurchases.a)), b = \(Int(SamplePurchases.b)). A purchase is worth, at the median by size,
      \(zip(SampleSignal.companySizes, SamplePurchases.medianValue).map { "\($0.name) $\(Int($1))" }.joined(separator: ", ")).

    ## What is planted

    - \(percent(SampleWorld.duplicateShare)) of the leads repeat an earlier person: the same e-mail address in capitals or with a plus-tag, the same
      telephone number written otherwise, or the same company and name. No others share one of these.
    - A third as many companies as leads, a few of which send many: their leads share company name and domain.
    - Campaign 3 is hardly clicked (true CTR 0.7 %), campaign 5 pays $14 a click. Campaign 1 runs all the time.
    - Gaps: 3 % of sizes and names, 2 % of industries and personas, 10 % of telephone numbers are missing; 8 % of people use an
      address of their own.
    - Episodes end at about 0.3, and 0.4 better with the step that helps: \(helpfulSteps.map { "\($0.scenario) \($0.step)" }.joined(separator: ", ")).
    - One triple of the graph in twenty repeats the one before it.

    """
  }

  private static func table(_ title: String, _ effects: [SampleSignal.Effect]) -> String {
    let rows = effects.map { "| \($0.name) | \(percent($0.share)) | \(number($0.logOdds)) |" }
    return (["| \(title) | Share | Log-odds |", "| --- | ---: | ---: |"] + rows)
      .joined(separator: "\n")
  }

  private static func number(_ value: Double) -> String { SampleText.decimal(value, 2) }

  private static func percent(_ share: Double) -> String {
    let text = SampleText.decimal(share * 100, 1)
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
  }

  private static func list(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }
}
