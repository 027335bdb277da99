/// Puts purchases together by customer.
package struct CustomerBuilder<Owner: Hashable> {
  private struct Entry {
    /// The leads that bought, with their companies.
    var leads: [LeadID: String?] = [:]
    var purchases: [(purchase: Purchase, lead: LeadID)] = []
  }

  private var entries: [Owner: Entry] = [:]

  /// Nobody.
  package init() {}

  /// Adds a purchase.
  package mutating func add(
    _ purchase: Purchase, by lead: LeadID, company: String?, of owner: Owner
  ) {
    entries[owner, default: Entry()].leads[lead] = .some(company)
    entries[owner, default: Entry()].purchases.append((purchase, lead))
  }

  /// The customers in the order of their first leads' names.
  package var customers: [Customer] {
    entries.values.map { entry in
      let leads = entry.leads.sorted { $0.key < $1.key }
      let purchases = entry.purchases.sorted {
        (
          $0.purchase.occurredAt, $0.lead, $0.purchase.value.currency, $0.purchase.value.amount
        ) < ($1.purchase.occurredAt, $1.lead, $1.purchase.value.currency, $1.purchase.value.amount)
      }
      return Customer(
        leadIDs: leads.map(\.key), company: leads.lazy.compactMap(\.value).first,
        purchases: purchases.map(\.purchase))
    }
    .sorted { $0.leadIDs[0] < $1.leadIDs[0] }
  }
}
