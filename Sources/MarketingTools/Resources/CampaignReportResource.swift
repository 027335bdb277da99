import Marketing

/// The pictures of a campaign, as one HTML page: `campaign-report://{campaignID}`.
enum CampaignReportResource {
  /// The address of a campaign's page.
  static func uri(_ id: CampaignID) -> String { "campaign-report://\(id.rawValue)" }
}
