import JSONRPC

/// Reads the rows of the tables that have a type. Positions are those of `DatasetTable.columns`,
/// followed by the optional columns.
enum TypedRows {
  /// A row of `leads`.
  static func lead(_ cells: Cells) throws(CellProblem) -> ImportedLead {
    var lead = Lead(
      id: try cells.required(try cells.identifier(0), 0),
      createdAt: try cells.required(try cells.timestamp(1), 1))
    lead.source = cells.text(2)
    lead.campaignID = try cells.identifier(3)
    lead.category = try cells.choice(4)
    let status: LeadStatus? = try cells.choice(5)
    lead.status = status ?? .new
    lead.score = try cells.number(6, in: 0...100)
    lead.account.companySize = cells.text(7)
    lead.account.industry = cells.text(8)
    lead.persona = cells.text(9)
    lead.region = cells.text(10)
    lead.preferredChannel = try cells.channel(11)
    lead.hasConsent = try cells.flag(12)
    lead.contact.email = cells.text(13)
    lead.contact.phone = cells.text(14)
    lead.assignedAgent = cells.text(15)
    lead.lastActiveAt = try cells.timestamp(16)
    lead.contact.name = cells.text(17)
    lead.account.company = cells.text(18)
    lead.account.domain = cells.text(19)?.lowercased()
    lead.contact.timeZone = cells.text(20)
    lead.message = cells.text(21)
    lead.contact.jobTitle = cells.text(22)
    for extra in cells.columns.extras where !cells.row[extra.place].isEmpty {
      lead.attributes[extra.name] = .string(cells.row.text(extra.place))
    }
    var imported = ImportedLead(lead)
    imported.saysStatus = status != nil
    return imported
  }

  /// A row of `interactions`. Columns beyond the layout become members of the metadata.
  static func interaction(_ cells: Cells) throws(CellProblem) -> Interaction {
    var interaction = Interaction(
      id: try cells.required(try cells.identifier(0), 0),
      leadID: try cells.required(try cells.identifier(2), 2),
      occurredAt: try cells.required(try cells.timestamp(4), 4),
      channel: try cells.required(try cells.channel(5), 5),
      kind: try cells.required(try cells.choice(6), 6),
      outcome: try cells.choice(9) ?? InteractionOutcome.none)
    interaction.conversationID = cells.text(1)
    interaction.campaignID = try cells.identifier(3)
    interaction.agentID = cells.text(7)
    interaction.variantID = cells.text(8)
    switch try cells.json(10) {
    case nil: break
    case .object(let metadata): interaction.metadata = metadata
    case let other?:
      throw cells.problem(10, "found JSON of type \(other.typeName), expected an object")
    }
    for extra in cells.columns.extras where !cells.row[extra.place].isEmpty {
      guard interaction.metadata[extra.name] == nil else {
        throw CellProblem(
          column: extra.name, reason: "metadata_json holds a member of this name already")
      }
      interaction.metadata[extra.name] = .string(cells.row.text(extra.place))
    }
    return interaction
  }

  /// A row of `conversions`.
  static func outcome(_ cells: Cells) throws(CellProblem) -> Outcome {
    Outcome(
      leadID: try cells.required(try cells.identifier(0), 0),
      disposition: .converted,
      occurredAt: try cells.required(try cells.timestamp(2), 2),
      campaignID: try cells.identifier(1),
      conversionType: try cells.choice(4),
      value: try cells.dollars(3))
  }

  /// A row of `campaign_daily`: a whole day of a campaign, in US dollars. The rates that it also names are not
  /// read: they follow from the counts.
  static func campaignMetric(_ cells: Cells) throws(CellProblem) -> CampaignMetric {
    let id: CampaignID = try cells.required(try cells.identifier(0), 0)
    let day = CalendarDay(try cells.required(try cells.timestamp(1), 1))
    var figures = CampaignFigures()
    figures.impressions = try cells.count(2)
    figures.clicks = try cells.count(3)
    figures.leads = try cells.count(5)
    figures.conversions = try cells.count(6)
    figures.spend = try cells.amount(7)
    figures.revenue = try cells.amount(8)
    let namesMoney = figures.spend != nil || figures.revenue != nil
    guard figures.clicks <= figures.impressions else {
      throw cells.problem(
        3,
        "found \(figures.clicks) clicks of \(figures.impressions) impressions, "
          + "expected at most as many clicks as impressions")
    }
    return CampaignMetric(
      CampaignMetric.Key(campaignID: id, day: day), figures, currency: namesMoney ? "USD" : nil)
  }

  /// A row of `campaigns`.
  static func campaign(_ cells: Cells) throws(CellProblem) -> Campaign {
    var campaign = Campaign(
      id: try cells.required(try cells.identifier(0), 0),
      name: try cells.required(cells.text(1), 1))
    campaign.objective = cells.text(2)
    campaign.startsAt = try cells.timestamp(3)
    campaign.endsAt = try cells.timestamp(4)
    for word in try words(cells, 5) {
      guard let channel = CellText.channel(word.utf8) else {
        throw cells.unknownChannel(5, word)
      }
      campaign.channels.append(channel)
    }
    campaign.dailyBudget = try cells.dollars(6)
    campaign.totalBudget = try cells.dollars(7)
    campaign.ownerEmail = cells.text(8)
    campaign.region = cells.text(9)
    campaign.targetPersonas = try words(cells, 10)
    campaign.kpi = cells.text(11)
    return campaign
  }

  /// A JSON array of strings; an empty cell is an empty array.
  private static func words(_ cells: Cells, _ column: Int) throws(CellProblem) -> [String] {
    guard let json = try cells.json(column) else { return [] }
    guard let elements = json.arrayValue else {
      throw cells.problem(
        column, "found JSON of type \(json.typeName), expected an array of strings")
    }
    var words: [String] = []
    for element in elements {
      guard let word = element.stringValue else {
        throw cells.problem(
          column, "found an array with \(element.typeName), expected strings only")
      }
      words.append(word)
    }
    return words
  }
}
