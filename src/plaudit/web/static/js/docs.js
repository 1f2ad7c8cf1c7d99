// The interactive documentation of the API: Swagger UI on our own description, nothing from elsewhere.
window.addEventListener("DOMContentLoaded", () => {
  /** @type {any} */ (window).SwaggerUIBundle({
    url: "/v1/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    displayRequestDuration: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    withCredentials: true,
  });
});
