import HTTPTypes

/// The pages at `/docs/`. Nothing in them comes from a request.
enum DocumentationPages {
    static let script = "igny8-docs.js"

    /// The only files that are given out, with their types.
    static let files = [
        "swagger-ui.css": "text/css; charset=utf-8",
        "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
        "swagger-ui-standalone-preset.js": "text/javascript; charset=utf-8",
        "favicon-32x32.png": "image/png",
        script: "text/javascript; charset=utf-8",
    ]

    /// Swagger UI styles its elements inline; scripts come from here only.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The Swagger UI of the package (4.15) knows OpenAPI 3.0 only: the page shows the document in those words. What is
    /// served at `/openapi.json` stays 3.1.
    static let initializer = """
        const inOldWords = (value) => {
            if (Array.isArray(value)) return value.map(inOldWords);
            if (value === null || typeof value !== "object") return value;
            const { anyOf, ...rest } = value;
            const members = Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, inOldWords(member)]));
            if (!anyOf) return members;
            const real = anyOf.filter((schema) => schema.type !== "null").map(inOldWords);
            return { ...members, ...(real.length === 1 ? { allOf: real } : { anyOf: real }), nullable: true };
        };
        window.addEventListener("load", async () => {
            const document = await (await fetch("/openapi.json")).json();
            window.ui = SwaggerUIBundle({
                spec: { ...inOldWords(document), openapi: "3.0.3" }, dom_id: "#swagger-ui", deepLinking: true,
                validatorUrl: null, presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
                layout: "BaseLayout",
            });
        });
        """

    static let swagger = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>IGNY8 Managed Services: the API</title>
        <link rel="stylesheet" href="/docs/swagger-ui.css">
        <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
        </head>
        <body>
        <div id="swagger-ui"></div>
        <script src="/docs/swagger-ui-bundle.js"></script>
        <script src="/docs/swagger-ui-standalone-preset.js"></script>
        <script src="/docs/\(script)"></script>
        </body>
        </html>
        """

    /// Without Swagger UI's files: every operation, its audience and its sentence.
    static func plain(_ endpoints: [Endpoint]) -> String {
        var html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>IGNY8 Managed Services: the API</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
            table { border-collapse: collapse; width: 100% }
            td { padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #ddd }
            </style>
            </head>
            <body>
            <h1>IGNY8 Managed Services: the API</h1>
            <p>The whole document: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>

            """
        var tag: String?
        for endpoint in endpoints {
            if endpoint.tag != tag {
                if tag != nil { html += "</table>\n" }
                html += "<h2>\(escaped(endpoint.tag))</h2>\n<table>\n"
                tag = endpoint.tag
            }
            html +=
                "<tr><td><code>\(endpoint.method.rawValue)</code></td><td><code>\(escaped(endpoint.template))</code></td>"
            html +=
                "<td>\(escaped(endpoint.summary))<br><small>\(escaped(endpoint.audience.sentence))</small></td></tr>\n"
        }
        return html + "</table>\n</body>\n</html>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
