import Foundation
import WebClient

/// What the ways to the gateways have in common: when an outcome is unknown, and how an answer is read.
protocol PaymentWire: Sendable {
    /// As it is called in sentences.
    static var provider: String { get }
    var client: WebClient { get }
}

extension PaymentWire {
    /// Sends a request; a fault after it may have arrived leaves its outcome unknown (spec 9.7).
    func exchange(_ request: WebRequest, _ name: String) async throws(PaymentGatewayError) -> WebResponse {
        do {
            return try await client.send(request)
        } catch {
            let what = "\(name): \(error)"
            throw error.isOutcomeUnknown ? .outcomeUnknown(what) : .unavailable(what)
        }
    }

    /// An answer that cannot be read says nothing of what was done.
    func decode<Value: Decodable>(_: Value.Type, from answer: WebResponse) throws(PaymentGatewayError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(answer.body))
        } catch {
            throw .outcomeUnknown("\(Self.provider)'s answer could not be read as \(Value.self)")
        }
    }

    /// A part of a path or of a query, from text that may hold anything.
    func escaped(_ part: String) -> String {
        part.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-_.~")))
            ?? part
    }
}
