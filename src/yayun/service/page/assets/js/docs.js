// The interface's own page, shown by Swagger UI from files of this service.

SwaggerUIBundle({ url: "/openapi.json", dom_id: "#interface", deepLinking: true });
