extension Schema {
  // An erasure runs in the writer: it must find what it looks for without reading whole tables.
  static let erasures = """
    CREATE INDEX raw_rows_of_lead ON raw_rows (lead_id, workspace) WHERE lead_id IS NOT NULL;
    CREATE INDEX lead_identities_of_lead ON lead_identities (lead_row);
    CREATE INDEX memories_of_summary ON memories (workspace) WHERE form = 'summary';
    """
}
