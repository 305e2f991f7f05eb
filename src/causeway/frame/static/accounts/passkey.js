// Says on the page, not only in the console, that a passkey could not be used.
document.addEventListener('allauth.error', function (event) {
  const trouble = document.getElementById('passkey-trouble')
  const exception = event.detail && event.detail.exception
  // Somebody who closed the browser's own dialog knows that they did.
  if (!trouble || (exception && exception.name === 'NotAllowedError')) return
  trouble.hidden = false
})
