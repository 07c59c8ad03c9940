import ServiceRuntime
import WebClient

/// Which model writes reports' first pages; without `IGNY8_SUMMARY_MODEL` none does, and the facts' own words stand.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_SUMMARY_MODEL` | the model's name, as its provider has it | none |
/// | `IGNY8_SUMMARY_SHAPE` | `openai` or `anthropic` | required with a model |
/// | `IGNY8_SUMMARY_URL` | where it is: `https://api.anthropic.com`, `https://api.openai.com/v1` | required with a model |
/// | `IGNY8_SUMMARY_KEY` | its key (secret) | required with a model |
struct LanguageModelConfiguration: Sendable {
    var model: String
    var shape: LanguageModel.Shape
    var baseURL: String
    var apiKey: String

    /// - Returns: nil without a model.
    init?(_ settings: Settings) throws(ConfigurationError) {
        let model = try settings.text("IGNY8_SUMMARY_MODEL", default: "")
        guard !model.isEmpty else { return nil }
        self.model = model
        shape = try settings.value("IGNY8_SUMMARY_SHAPE", expected: "openai or anthropic") {
            LanguageModel.Shape(rawValue: $0)
        }
        let url = try settings.url("IGNY8_SUMMARY_URL", schemes: ["https", "http"])
        baseURL = url.hasSuffix("/") ? String(url.dropLast()) : url
        apiKey = try settings.secret("IGNY8_SUMMARY_KEY")
    }

    /// The writer. Addresses are guarded where the service is in production.
    func open(_ web: WebClient, guardAddresses: Bool) -> LanguageModel {
        LanguageModel(
            web: web,
            shape: shape,
            baseURL: baseURL,
            apiKey: apiKey,
            model: model,
            guardAddresses: guardAddresses
        )
    }
}
