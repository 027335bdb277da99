/// What is reported of a campaign for one day, and for a part of it where the report is divided.
///
/// A report without a channel is the whole day's, one without a variant the whole channel's; what is divided
/// further beside it are its parts, which are compared but not added to it.
package struct CampaignMetric: Sendable, Hashable {
  /// What a report is of: reporting the same again replaces it.
  package struct Key: Sendable, Hashable {
    /// The campaign.
    package var campaignID: CampaignID
    /// The day in UTC.
    package var day: CalendarDay
    /// The channel, in lower case, for example `search`; `nil` for all of them.
    package var channel: String?
    /// The variant of message or creative; `nil` for all of them.
    package var variant: String?
    /// The part of the audience, for example `age=30-34`; `nil` for all of it.
    package var segment: String?

    /// A key.
    package init(
      campaignID: CampaignID, day: CalendarDay, channel: String? = nil, variant: String? = nil,
      segment: String? = nil
    ) {
      self.campaignID = campaignID
      self.day = day
      self.channel = channel
      self.variant = variant
      self.segment = segment
    }
  }

  /// What it is a report of.
  package var key: Key
  /// The figures.
  package var figures: CampaignFigures
  /// The currency of what it cost and brought, by its ISO 4217 code; `nil` exactly where it names no money.
  package var currency: String?

  /// A report.
  package init(_ key: Key, _ figures: CampaignFigures, currency: String?) {
    self.key = key
    self.figures = figures
    self.currency = currency
  }
}

/// What a store knows of a campaign's figures within some days.
package struct CampaignRecord: Sendable, Hashable {
  /// The campaign; only its name where none of this name is stored.
  package var campaign: Campaign
  /// The currency that everything of it is counted in; `nil` while no money is known.
  package var currency: String?
  /// What was reported, by day, then by channel, variant and segment (absent ones first).
  package var reported: [CampaignMetric]
  /// What was counted here, from messages, interactions, leads and outcomes: by day, then by channel and
  /// variant. Never divided by segment, and without what it cost.
  package var counted: [CampaignMetric]

  /// A record.
  package init(
    campaign: Campaign, currency: String?, reported: [CampaignMetric], counted: [CampaignMetric]
  ) {
    self.campaign = campaign
    self.currency = currency
    self.reported = reported
    self.counted = counted
  }
}
