"""Makes pictures/: small pictures, and what Pillow makes of them. Needs numpy and Pillow (13.0.0 was used)."""
import os
import numpy as np
from PIL import Image

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures"))
y, x = np.mgrid[0:40, 0:30]
rgb = np.stack([x * 8 + (y % 3) * 5, y * 6, 255 - (x * y) % 256], -1).clip(0, 255).astype(np.uint8)
picture = Image.fromarray(rgb)
picture.save("rgb.png", optimize=True)
np.save("rgb.npy", rgb)
np.save("grey.npy", np.asarray(picture.convert("L")))
alpha = np.concatenate([rgb, ((x + y) * 3 % 256)[..., None].astype(np.uint8)], -1)
Image.fromarray(alpha, "RGBA").save("alpha.png", optimize=True)
picture.quantize(16).save("palette.png", optimize=True)
np.save("palette.npy", np.asarray(picture.quantize(16).convert("RGB")))
picture.convert("L").save("grey.png", optimize=True)
picture.save("rgb.jpg", quality=90)
picture.save("progressive.jpg", quality=90, progressive=True)
np.save("jpg.npy", np.asarray(Image.open("rgb.jpg").convert("RGB")))
picture.convert("CMYK").save("cmyk.jpg")
# Short side to 16 and to 45, as torchvision's Resize computes the long side.
for size in (16, 45):
    np.save(f"resized_{size}.npy", np.asarray(picture.resize((size, size * 40 // 30), Image.BICUBIC)))
