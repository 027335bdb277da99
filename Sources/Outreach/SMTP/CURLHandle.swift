import CCurl

/// A handle of the library with the connections that it keeps.
///
/// Unchecked, for the compiler cannot know it: the library lets any thread use a handle, as long as no two do at
/// a time (libcurl-thread(3)). `SMTPChannel` takes a handle out of its list before a thread uses it and puts it
/// back behind that, and nothing else holds one.
final class CURLHandle: @unchecked Sendable {
  private let pointer: UnsafeMutableRawPointer

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init?() {
    guard Self.isReady, let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
  }

  deinit { curl_easy_cleanup(pointer) }

  /// Forgets every option; connections stay.
  func reset() { curl_easy_reset(pointer) }

  func set(_ option: CURLoption, _ value: Int) { _ = ccurl_set_long(pointer, option, value) }

  func set(_ option: CURLoption, size: Int) {
    _ = ccurl_set_size(pointer, option, curl_off_t(size))
  }

  /// The library keeps a copy.
  /// - Returns: whether the library knows the option.
  @discardableResult
  func set(_ option: CURLoption, _ value: String) -> Bool {
    ccurl_set_text(pointer, option, value) == CURLE_OK
  }

  func set(
    reader: curl_read_callback, observer: curl_debug_callback, watch: curl_xferinfo_callback,
    context: UnsafeMutableRawPointer
  ) {
    _ = ccurl_set_reader(pointer, reader, context)
    _ = ccurl_set_observer(pointer, observer, context)
    _ = ccurl_set_watch(pointer, watch, context)
  }

  /// Does what the options say, for one recipient of a mail.
  func perform(recipient: String) -> CURLcode {
    guard let list = curl_slist_append(nil, recipient) else { return CURLE_OUT_OF_MEMORY }
    defer { curl_slist_free_all(list) }
    _ = ccurl_set_list(pointer, CURLOPT_MAIL_RCPT, list)
    return curl_easy_perform(pointer)
  }

  /// How many connections the last call had to make.
  var newConnections: Int {
    var count = 0
    return ccurl_get_long(pointer, CURLINFO_NUM_CONNECTS, &count) == CURLE_OK ? count : 0
  }

  /// The library's words for a code.
  static func text(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }
}
