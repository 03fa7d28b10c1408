"""The page that shows the API: Swagger UI from an installed package, no CDN, no inline script."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from sedno.serving.api.guard import May, require

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sedno API</title>
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>The schema of this API is at <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""


def add_docs_page(app: FastAPI) -> None:
    """Serves the page at ``/docs`` and what it needs below it."""

    async def page() -> Response:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _CSP})

    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    open_to_all = [require(May.KNOCK)]
    app.add_api_route("/docs", page, include_in_schema=False, dependencies=open_to_all)
    app.add_api_route("/docs/start.js", start, include_in_schema=False, dependencies=open_to_all)
    app.mount("/docs/assets", StaticFiles(packages=[("fastapi_offline", "static")]), name="docs")
