package import JSONRPC

extension TriageRecord: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("leadID", leadID)
      writer.member("triagedAt", triagedAt)
      writer.member("score", score)
      writer.member("probability", probability)
      writer.member("calibrated", isCalibrated)
      writer.member("category", category)
      writer.member("confidence", confidence)
      writer.member("reasons", reasons)
      writer.member("modelVersion", modelVersion)
    }
  }
}

extension TriageReason: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("field", field)
      writer.member("contribution", contribution)
      writer.member("text", text)
    }
  }
}

extension NextAction: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("action", action)
      writer.member("channel", channel)
      writer.member("dueWithinMinutes", dueWithinMinutes)
      writer.member("otherLeadID", otherLeadID)
      writer.member("reason", reason)
    }
  }
}

extension DuplicateMatch: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("leadID", leadID)
      writer.member("reason", reason)
    }
  }
}

extension Counterfactual: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("field", field)
      writer.member("text", text)
      writer.member("score", score)
      writer.member("category", category)
    }
  }
}
