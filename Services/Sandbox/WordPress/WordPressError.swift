import Hummingbird

/// `{"code", "message", "data": {"status"}}`, as the REST API refuses.
struct WordPressError: Error, Encodable, Sendable {
    struct Details: Encodable, Sendable {
        var status: Int
        var params: [String: String]?
    }

    var code: String
    var message: String
    var data: Details

    init(_ status: Int, _ code: String, _ message: String, params: [String: String]? = nil) {
        self.code = code
        self.message = message
        data = Details(status: status, params: params)
    }

    var response: Response {
        get throws { try Answers.json(self, status: .init(code: data.status)) }
    }

    static let noRoute = WordPressError(
        404,
        "rest_no_route",
        "No route was found matching the URL and request method."
    )
    static let cannotCreate = WordPressError(
        401,
        "rest_cannot_create",
        "Sorry, you are not allowed to create posts as this user."
    )
    static let cannotEdit = WordPressError(401, "rest_forbidden_context", "Sorry, you are not allowed to edit posts.")
    static let wrongUser = WordPressError(401, "invalid_username", "Unknown username.")
    static let wrongPassword = WordPressError(
        401,
        "incorrect_password",
        "The provided password is an invalid application password."
    )
    static let noPost = WordPressError(404, "rest_post_invalid_id", "Invalid post ID.")

    static func invalid(_ parameter: String, _ sentence: String) -> WordPressError {
        WordPressError(400, "rest_invalid_param", "Invalid parameter(s): \(parameter)", params: [parameter: sentence])
    }
}
