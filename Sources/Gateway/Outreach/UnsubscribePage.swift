import HTTPTypes
import Hummingbird
import Marketing
import NIOCore

/// What people and mail programs read who follow the link in a mail.
enum UnsubscribePage {
  /// Asks whether the person means it: programs that look at mails follow links too.
  static func question(organization: String?) -> HTTPReply {
    let sender = organization.map { " from \(EscapedHTML.text($0))" } ?? ""
    return page(
      .ok, title: "Unsubscribe",
      """
      <p>Do you want to get no more e-mails\(sender)?</p>
      <form method="post">
      <input type="hidden" name="List-Unsubscribe" value="One-Click">
      <button>Unsubscribe</button>
      </form>
      """)
  }

  static let unknown = page(
    .notFound, title: "Not found",
    "<p>This link is not complete. Copy all of it from the e-mail, or answer the e-mail.</p>")

  /// A sentence for whoever has sent a request.
  static func text(
    _ status: HTTPResponse.Status, _ text: String, headers: HTTPFields = [:]
  ) -> HTTPReply {
    reply(status, "text/plain; charset=utf-8", "\(text)\n", headers)
  }

  private static func page(
    _ status: HTTPResponse.Status, title: String, _ content: String
  ) -> HTTPReply {
    reply(
      status, "text/html; charset=utf-8",
      """
      <!DOCTYPE html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <h1>\(title)</h1>
      \(content)
      </html>

      """, [:])
  }

  private static func reply(
    _ status: HTTPResponse.Status, _ type: String, _ text: String, _ more: HTTPFields
  ) -> HTTPReply {
    var headers = more
    headers[.contentType] = type
    headers[.cacheControl] = "no-store"
    headers[.contentSecurityPolicy] =
      "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    headers[.xContentTypeOptions] = "nosniff"
    // The link is the person's alone.
    headers[.referrerPolicy] = "no-referrer"
    headers[.robotsTag] = "noindex, nofollow"
    return HTTPReply(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
