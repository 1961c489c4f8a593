/* Asks where the phone is, where a venue wants to know; without an answer the visit is sent all the same, unproved. */
const form = document.getElementById("visit");
form?.addEventListener("submit", (event) => {
  if (!form.dataset.where || form.north.value || !navigator.geolocation) return;
  event.preventDefault();
  const send = () => { delete form.dataset.where; form.submit(); };
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    form.north.value = coords.latitude;
    form.east.value = coords.longitude;
    send();
  }, send, { enableHighAccuracy: true, timeout: 10_000, maximumAge: 0 });
});
