// What is drawn on a canvas, or on several that lie over one another, as an image on white paper (`prepare_drawing.js`).
//
// Nothing is imported here, so that the file also works inside a page that stands alone.

// `layers` from the lowest to the highest, whose size the image has; `sheet` is a canvas to draw them on.
export const pictureOf = (layers, sheet) => {
  const top = layers[layers.length - 1];
  sheet.width = top.clientWidth;
  sheet.height = top.clientHeight;
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  for (const layer of layers) pen.drawImage(layer, 0, 0, sheet.width, sheet.height);
  const { data } = pen.getImageData(0, 0, sheet.width, sheet.height);
  const d = new Uint8Array(data.length / 4);
  for (let k = 0; k < d.length; k++) d[k] = data[4 * k];
  return { h: sheet.height, w: sheet.width, d };
};
