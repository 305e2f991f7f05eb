// Says on the page, not only in the console, why a passkey could not be used: a name of the standard has a text of its own, any other the general one.
document.addEventListener('allauth.error', function (event) {
  const name = (event.detail && event.detail.exception && event.detail.exception.name) || ''
  const texts = Array.from(document.querySelectorAll('[id^="passkey-"][role="alert"]'))
  const told = document.getElementById('passkey-' + name) || document.getElementById('passkey-trouble')
  texts.forEach(function (text) { text.hidden = text !== told })
})
