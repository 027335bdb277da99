/// A campaign's days, each once, worked out of everything that is reported and counted of it.
///
/// Of one day a report without channel, variant and segment is the total. Else its channels are added up; a
/// channel is its own report, else the sum of its variants, else the sum of its segments. Reports of a
/// variant or segment over all channels stand for the day where no channel is reported. What was counted
/// here of a channel counts where neither the day nor the channel is reported; leads and conversions that
/// were counted without a channel count where no report of the day names any.
package struct CampaignSeries: Sendable, Hashable {
  /// One day.
  package struct Day: Sendable, Hashable {
    /// The day.
    package var day: CalendarDay
    /// Its figures.
    package var figures: CampaignFigures
    /// Whether any of them was counted here rather than reported.
    package var isCounted: Bool

    /// A day.
    package init(day: CalendarDay, figures: CampaignFigures, isCounted: Bool = false) {
      self.day = day
      self.figures = figures
      self.isCounted = isCounted
    }
  }

  /// A channel, or a variant or segment within a channel, by its days.
  package struct Part: Sendable, Hashable {
    /// The channel; `nil` for what is divided over all channels.
    package var channel: String?
    /// The channel's, variant's or segment's name; empty for the channel that nobody names.
    package var name: String
    /// Its days in order.
    package var days: [Day]

    /// A part; its days in order.
    package init(channel: String?, name: String, days: [Day]) {
      self.channel = channel
      self.name = name
      self.days = days
    }

    /// What it did within a window.
    package func sums(over window: CampaignWindow) -> CampaignSums { days.sums(over: window) }
  }

  /// The campaign.
  package let campaign: Campaign
  /// The currency of all its money; `nil` while none is known.
  package let currency: String?
  /// The days that anything is known of, in order; days without are absent, not empty.
  package private(set) var days: [Day]
  /// The channels in the order of their first day; the one that nobody names has an empty name.
  package private(set) var channels: [Part]
  /// The variants within their channels.
  package private(set) var variants: [Part]
  /// The segments within their channels.
  package private(set) var segments: [Part]

  /// Works out a campaign's days.
  /// - Parameter until: the last day that counts: today is not over; `nil` for all days.
  package init(_ record: CampaignRecord, until last: CalendarDay? = nil) {
    var builder = CampaignSeriesBuilder()
    builder.read(record, until: last)
    campaign = record.campaign
    currency = record.currency
    days = builder.days
    channels = builder.channels.parts
    variants = builder.variants.parts
    segments = builder.segments.parts
  }

  /// A series of days that are known as they are, for example generated ones.
  package init(campaign: Campaign, currency: String?, days: [Day], channels: [Part] = []) {
    self.campaign = campaign
    self.currency = currency
    self.days = days
    self.channels = channels
    variants = []
    segments = []
  }

  /// Campaigns added up, over the days that are known of all of them, without their parts; named as the first.
  /// - Returns: `nil` without campaigns, and where their money is in several currencies.
  package init?(together all: [CampaignSeries]) {
    let currencies = Set(all.compactMap(\.currency))
    guard let first = all.first, currencies.count <= 1 else { return nil }
    var sums: [CalendarDay: (day: Day, count: Int)] = [:]
    for day in all.flatMap(\.days) {
      guard let known = sums[day.day] else {
        sums[day.day] = (day, 1)
        continue
      }
      let sum = Day(
        day: day.day, figures: known.day.figures + day.figures,
        isCounted: known.day.isCounted || day.isCounted)
      sums[day.day] = (sum, known.count + 1)
    }
    let days = sums.values.filter { $0.count == all.count }.map(\.day)
    self.init(
      campaign: first.campaign, currency: currencies.first, days: days.sorted { $0.day < $1.day })
  }

  /// A channel's days; none for one that is not there.
  package func days(ofChannel name: String) -> [Day] {
    channels.first { $0.name == name }?.days ?? []
  }

  /// What the campaign did within a window.
  package func sums(over window: CampaignWindow) -> CampaignSums { days.sums(over: window) }

  /// From the first to the last day; `nil` when there is none.
  package var window: CampaignWindow? {
    guard let first = days.first, let last = days.last else { return nil }
    return CampaignWindow(first: first.day, last: last.day)
  }
}

extension [CampaignSeries.Day] {
  /// What happened in the days within a window.
  package func sums(over window: CampaignWindow) -> CampaignSums {
    var sums = CampaignSums()
    for place in places(within: window) { sums.add(self[place].figures) }
    return sums
  }

  /// The days within a window.
  package func within(_ window: CampaignWindow) -> ArraySlice<CampaignSeries.Day> {
    self[places(within: window)]
  }

  private func places(within window: CampaignWindow) -> Range<Int> {
    // Most windows lie at the end, so that is where the search starts.
    var end = count
    while end > 0, self[end - 1].day > window.last { end -= 1 }
    var start = end
    while start > 0, self[start - 1].day >= window.first { start -= 1 }
    return start..<end
  }
}
