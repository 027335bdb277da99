package import JSONRPC

extension Interaction: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("leadID", leadID)
      writer.member("conversationID", conversationID)
      writer.member("campaignID", campaignID)
      writer.member("variantID", variantID)
      writer.member("occurredAt", occurredAt)
      writer.member("channel", channel)
      writer.member("kind", kind)
      writer.member("outcome", outcome)
      writer.member("agentID", agentID)
      writer.member("metadata", metadata)
    }
  }
}

extension Outcome: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("leadID", leadID)
      writer.member("campaignID", campaignID)
      writer.member("disposition", disposition)
      writer.member("conversionType", conversionType)
      writer.member("value", value)
      writer.member("occurredAt", occurredAt)
      writer.member("reason", reason)
    }
  }
}

extension Money: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("amount", amount)
      writer.member("currency", currency)
    }
  }
}
