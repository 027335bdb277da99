extension Schema {
  // An absent channel, variant, segment or currency is an empty text: in a key, absent values would differ.
  static let campaignFigures = """
    CREATE TABLE campaign_metrics (
      campaign_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      day INTEGER NOT NULL,
      channel TEXT NOT NULL,
      variant TEXT NOT NULL,
      segment TEXT NOT NULL,
      impressions INTEGER NOT NULL CHECK (impressions >= 0),
      clicks INTEGER NOT NULL CHECK (clicks BETWEEN 0 AND impressions),
      leads INTEGER NOT NULL CHECK (leads >= 0),
      conversions INTEGER NOT NULL CHECK (conversions >= 0),
      spend REAL CHECK (spend >= 0),
      revenue REAL CHECK (revenue >= 0),
      recorded_at INTEGER NOT NULL,
      PRIMARY KEY (campaign_id, workspace, day, channel, variant, segment)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE campaign_counts (
      campaign_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      day INTEGER NOT NULL,
      channel TEXT NOT NULL,
      variant TEXT NOT NULL,
      currency TEXT NOT NULL,
      impressions INTEGER NOT NULL,
      clicks INTEGER NOT NULL,
      leads INTEGER NOT NULL,
      conversions INTEGER NOT NULL,
      revenue REAL NOT NULL,
      PRIMARY KEY (campaign_id, workspace, day, channel, variant, currency)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE campaign_states (
      campaign_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      currency TEXT,
      version INTEGER NOT NULL,
      evaluated INTEGER NOT NULL,
      findings TEXT,
      PRIMARY KEY (campaign_id, workspace)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX campaign_states_to_evaluate ON campaign_states (workspace, campaign_id)
      WHERE evaluated < version;
    CREATE INDEX campaign_states_of_workspace ON campaign_states (workspace, campaign_id);

    \(Counted.all.map(\.triggers).joined(separator: "\n"))
    \(Counted.all.map(\.counting).joined(separator: "\n"))
    """

  /// A table whose rows are counted for their campaigns.
  private struct Counted {
    let table: String
    /// Which rows count.
    let condition: String
    /// The columns that make a difference.
    let columns: String
    let time: String
    let channel: String
    let variant: String
    let currency: String
    /// Impressions, clicks, leads, conversions, revenue.
    let figures: [String]

    static let all = [
      Counted(
        table: "interactions",
        condition: "#.kind IN ('email_sent', 'sms_sent', 'email_click')",
        columns: "campaign_id, occurred_at, channel, variant_id, kind, workspace",
        time: "#.occurred_at", channel: "#.channel", variant: "ifnull(#.variant_id, '')",
        currency: "''",
        figures: [
          "#.kind IN ('email_sent', 'sms_sent')", "#.kind = 'email_click'", "0", "0",
          "0.0",
        ]),
      Counted(
        table: "leads", condition: "1", columns: "campaign_id, created_at, workspace",
        time: "#.created_at", channel: "''", variant: "''", currency: "''",
        figures: ["0", "0", "1", "0", "0.0"]),
      Counted(
        table: "outcomes", condition: "#.disposition = 'converted'",
        columns: "campaign_id, disposition, amount, currency, occurred_at, workspace",
        time: "#.occurred_at", channel: "''", variant: "''", currency: "ifnull(#.currency, '')",
        figures: ["0", "0", "0", "1", "ifnull(#.amount, 0.0)"]),
    ]

    /// Keeps the counts those of the rows, whoever writes them.
    var triggers: String {
      let differs = columns.split(separator: ", ").map { "OLD.\($0) IS NOT NEW.\($0)" }
        .joined(separator: " OR ")
      return """
        CREATE TRIGGER \(table)_counted AFTER INSERT ON \(table) WHEN \(counts("NEW"))
        BEGIN \(count("NEW", sign: "")) END;
        CREATE TRIGGER \(table)_uncounted AFTER DELETE ON \(table) WHEN \(counts("OLD"))
        BEGIN \(count("OLD", sign: "-")) END;
        CREATE TRIGGER \(table)_uncounted_before AFTER UPDATE OF \(columns) ON \(table)
        WHEN \(counts("OLD")) AND (\(differs))
        BEGIN \(count("OLD", sign: "-")) END;
        CREATE TRIGGER \(table)_counted_behind AFTER UPDATE OF \(columns) ON \(table)
        WHEN \(counts("NEW")) AND (\(differs))
        BEGIN \(count("NEW", sign: "")) END;
        """
    }

    /// Counts the rows that are there already.
    var counting: String {
      let (keys, sums) = values("r", sign: "")
      return """
        INSERT INTO campaign_counts
        SELECT \(keys.joined(separator: ", ")),
          \(sums.map { "sum(\($0))" }.joined(separator: ", "))
        FROM \(table) AS r WHERE \(counts("r")) GROUP BY 1, 2, 3, 4, 5, 6
        \(Self.adding);
        INSERT INTO campaign_states (campaign_id, workspace, version, evaluated)
        SELECT DISTINCT r.campaign_id, r.workspace, 1, 0 FROM \(table) AS r WHERE \(counts("r"))
        ON CONFLICT DO NOTHING;
        """
    }

    private func counts(_ row: String) -> String {
      "\(row).campaign_id IS NOT NULL AND \(condition.replacing("#", with: row))"
    }

    private func count(_ row: String, sign: String) -> String {
      let (keys, sums) = values(row, sign: sign)
      return """
        INSERT INTO campaign_counts VALUES (\((keys + sums).joined(separator: ", ")))
        \(Self.adding);
        INSERT INTO campaign_states (campaign_id, workspace, version, evaluated)
        VALUES (\(row).campaign_id, \(row).workspace, 1, 0)
        ON CONFLICT (campaign_id, workspace) DO UPDATE SET version = version + 1;
        """
    }

    private func values(_ row: String, sign: String) -> (keys: [String], sums: [String]) {
      let time = time.replacing("#", with: row)
      let length = 86_400_000
      // Rounded down, before 1970 too.
      let day = "(\(time) - ((\(time) % \(length)) + \(length)) % \(length)) / \(length)"
      let keys = ["#.campaign_id", "#.workspace", day, channel, variant, currency]
      return (
        keys.map { $0.replacing("#", with: row) },
        figures.map { "\(sign)(\($0.replacing("#", with: row)))" }
      )
    }

    private static let adding = """
      ON CONFLICT (campaign_id, workspace, day, channel, variant, currency) DO UPDATE SET
        impressions = impressions + excluded.impressions, clicks = clicks + excluded.clicks,
        leads = leads + excluded.leads, conversions = conversions + excluded.conversions,
        revenue = revenue + excluded.revenue
      """
  }
}
