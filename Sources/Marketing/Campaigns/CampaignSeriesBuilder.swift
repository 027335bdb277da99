/// Puts a campaign's reports and counts together, day by day.
struct CampaignSeriesBuilder {
  /// The whole days.
  private(set) var days: [CampaignSeries.Day] = []
  private(set) var channels = PartTable()
  private(set) var variants = PartTable()
  private(set) var segments = PartTable()

  mutating func read(_ record: CampaignRecord, until last: CalendarDay?) {
    let reported = Self.sorted(record.reported)
    let counted = Self.sorted(record.counted)
    days.reserveCapacity(reported.count + counted.count)
    var (next, nextCounted) = (0, 0)
    while next < reported.count || nextCounted < counted.count {
      let day = min(
        next < reported.count ? reported[next].key.day : CalendarDay(rawValue: .max),
        nextCounted < counted.count ? counted[nextCounted].key.day : CalendarDay(rawValue: .max))
      if let last, day > last { return }
      let end = Self.end(of: day, in: reported, from: next)
      let endCounted = Self.end(of: day, in: counted, from: nextCounted)
      read(day, reported[next..<end], counted[nextCounted..<endCounted])
      (next, nextCounted) = (end, endCounted)
    }
  }

  private mutating func read(
    _ day: CalendarDay, _ reported: ArraySlice<CampaignMetric>,
    _ counted: ArraySlice<CampaignMetric>
  ) {
    let total = reported.first { $0.key.isWhole }?.figures
    var named: CampaignFigures?
    var unnamed: CampaignFigures?
    var reportedChannels: [String] = []
    var start = reported.startIndex
    while start < reported.endIndex {
      let channel = reported[start].key.channel
      var end = start + 1
      while end < reported.endIndex, reported[end].key.channel == channel { end += 1 }
      let figures = readChannel(channel, day, reported[start..<end])
      if let channel {
        reportedChannels.append(channel)
        named = (named ?? .zero) + figures
        channels.add(figures, to: channel, in: channel, on: day, isCounted: false)
      } else if total == nil {
        unnamed = figures
      }
      start = end
    }
    if let total {
      days.append(CampaignSeries.Day(day: day, figures: total, isCounted: false))
      return
    }
    if named == nil, let unnamed {
      channels.add(unnamed, to: "", in: nil, on: day, isCounted: false)
    }
    let stated = named ?? unnamed
    let live = readCounted(day, counted, beside: reportedChannels, stated)
    guard stated != nil || live != nil else { return }
    days.append(
      CampaignSeries.Day(
        day: day, figures: (stated ?? .zero) + (live ?? .zero), isCounted: live != nil))
  }

  /// What a channel's reports of a day come to, noting its variants and segments.
  private mutating func readChannel(
    _ channel: String?, _ day: CalendarDay, _ rows: ArraySlice<CampaignMetric>
  ) -> CampaignFigures {
    var whole: CampaignFigures?
    var ofVariants: CampaignFigures?
    var ofSegments: CampaignFigures?
    // Of a variant that is reported as a whole its segments are parts; else they make it up.
    var wholeVariant: String?
    for row in rows {
      switch (row.key.variant, row.key.segment) {
      case (nil, nil): whole = row.figures
      case (let variant?, nil):
        wholeVariant = variant
        ofVariants = (ofVariants ?? .zero) + row.figures
        variants.add(row.figures, to: variant, in: channel, on: day, isCounted: false)
      case (nil, let segment?):
        ofSegments = (ofSegments ?? .zero) + row.figures
        segments.add(row.figures, to: segment, in: channel, on: day, isCounted: false)
      case (let variant?, let segment?):
        if wholeVariant != variant {
          ofVariants = (ofVariants ?? .zero) + row.figures
          variants.add(row.figures, to: variant, in: channel, on: day, isCounted: false)
        }
        // Rows without a variant come first: where there are any, they are the segments.
        if ofSegments == nil {
          segments.add(row.figures, to: segment, in: channel, on: day, isCounted: false)
        }
      }
    }
    return whole ?? ofVariants ?? ofSegments ?? .zero
  }

  /// What counts of the rows that were counted here; `nil` where none does.
  private mutating func readCounted(
    _ day: CalendarDay, _ rows: ArraySlice<CampaignMetric>, beside reported: [String],
    _ stated: CampaignFigures?
  ) -> CampaignFigures? {
    var sum: CampaignFigures?
    for row in rows {
      var figures = row.figures
      if let channel = row.key.channel {
        if reported.contains(channel) { continue }
        channels.add(figures, to: channel, in: channel, on: day, isCounted: true)
        if let variant = row.key.variant {
          variants.add(figures, to: variant, in: channel, on: day, isCounted: true)
        }
      } else if let stated {
        if stated.leads > 0 { figures.leads = 0 }
        if stated.conversions > 0 { (figures.conversions, figures.revenue) = (0, nil) }
        if stated.impressions > 0 { (figures.impressions, figures.clicks) = (0, 0) }
        if figures == .zero { continue }
      }
      sum = (sum ?? .zero) + figures
    }
    return sum
  }

  private static func end(
    of day: CalendarDay, in rows: [CampaignMetric], from start: Int
  ) -> Int {
    var end = start
    while end < rows.count, rows[end].key.day == day { end += 1 }
    return end
  }

  /// Stores keep the order; whoever puts a record together by hand may not.
  private static func sorted(_ rows: [CampaignMetric]) -> [CampaignMetric] {
    // By places: pairs of rows would be copied.
    for place in rows.indices.dropFirst() where rows[place].key.comesBefore(rows[place - 1].key) {
      return rows.sorted { $0.key.comesBefore($1.key) }
    }
    return rows
  }
}

/// Parts by their channels and names.
struct PartTable {
  private struct Key: Hashable {
    let channel: String?
    let name: String
  }

  private(set) var parts: [CampaignSeries.Part] = []
  private var places: [Key: Int] = [:]
  /// The part that most likely comes next: days repeat their order.
  private var guess = 0

  /// Adds figures of a day to a part, to what the same day has already.
  mutating func add(
    _ figures: CampaignFigures, to name: String, in channel: String?, on day: CalendarDay,
    isCounted: Bool
  ) {
    let place = place(of: name, in: channel)
    guess = place + 1
    let last = parts[place].days.count - 1
    if last >= 0, parts[place].days[last].day == day {
      parts[place].days[last].figures += figures
      if isCounted { parts[place].days[last].isCounted = true }
    } else {
      parts[place].days.append(
        CampaignSeries.Day(day: day, figures: figures, isCounted: isCounted))
    }
  }

  private mutating func place(of name: String, in channel: String?) -> Int {
    if guess >= parts.count { guess = 0 }
    if guess < parts.count, parts[guess].name == name, parts[guess].channel == channel {
      return guess
    }
    let key = Key(channel: channel, name: name)
    if let known = places[key] { return known }
    places[key] = parts.count
    parts.append(CampaignSeries.Part(channel: channel, name: name, days: []))
    return parts.count - 1
  }
}

extension CampaignMetric.Key {
  /// Whether it is of the whole day.
  fileprivate var isWhole: Bool { channel == nil && variant == nil && segment == nil }

  /// Whether it comes before another one of the same campaign: by day, then by channel, variant and segment,
  /// what is not divided first.
  fileprivate func comesBefore(_ other: Self) -> Bool {
    if day != other.day { return day < other.day }
    if channel != other.channel { return (channel ?? "") < (other.channel ?? "") }
    if variant != other.variant { return (variant ?? "") < (other.variant ?? "") }
    return (segment ?? "") < (other.segment ?? "")
  }
}
