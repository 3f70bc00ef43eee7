// What photos and plans need, as a script of its own: the phone form fetches it once its first screen is there, and the server's own
// page of a photo is marked with it, too.
import { openPhoto, openSketch, PhotoRefused, shrink } from './photo.js'
import { openPhotoPage } from './photo_page.js'
import { showMarks, toldIn } from './photos_shown.js'

self.openDoorPictures = { openPhoto, openSketch, PhotoRefused, showMarks, shrink, toldIn }
const desk = document.querySelector('[data-photo-desk]')
if (desk) openPhotoPage(desk)
