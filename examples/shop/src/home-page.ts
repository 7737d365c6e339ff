/** The shop's only page. */
export const homePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Taskflow shop</title>
  </head>
  <body>
    <h1>Taskflow shop</h1>
    <p>A demo whose background tasks you can watch: <a href="/tasks/dashboard">dashboard</a>.</p>
    <p>Start some:</p>
    <pre>POST /signup          {"email": "ada@example.com"}
POST /orders          {"items": ["mug", {"sku": "shirt", "quantity": 2}]}
POST /webhooks/flaky
POST /exports         {"seconds": 20}</pre>
  </body>
</html>
`
