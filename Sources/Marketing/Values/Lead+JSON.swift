package import JSONRPC

extension Lead: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("createdAt", createdAt)
      writer.member("lastActiveAt", lastActiveAt)
      writer.member("contact", contact)
      writer.member("account", account)
      writer.member("source", source)
      writer.member("campaignID", campaignID)
      writer.member("persona", persona)
      writer.member("region", region)
      writer.member("preferredChannel", preferredChannel)
      writer.member("hasConsent", hasConsent)
      writer.member("message", message)
      writer.member("status", status)
      writer.member("score", score)
      writer.member("category", category)
      writer.member("assignedAgent", assignedAgent)
      writer.member("attributes", attributes)
    }
  }
}

extension Contact: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("email", email)
      writer.member("phone", phone)
      writer.member("jobTitle", jobTitle)
      writer.member("timeZone", timeZone)
    }
  }
}

extension Account: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("company", company)
      writer.member("domain", domain)
      writer.member("industry", industry)
      writer.member("companySize", companySize)
    }
  }
}

extension Timestamp: JSONWritable {
  package func write(to writer: inout JSONWriter) { writer.write(string: iso8601) }
}

extension LeadProfile: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("lead", lead)
      writer.member("triage", triage)
      writer.member("interactions", interactions)
      writer.member("outcome", outcome)
    }
  }
}
