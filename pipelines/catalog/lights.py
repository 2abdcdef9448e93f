"""The four lights: colour, shape and word, told apart without colour; and the word for what nobody reported."""

NO_DATA = "无数据"
LIGHTS = {"green": ("●", "达标"), "amber": ("▲", "接近"), "red": ("■", "未达标"), "none": ("○", NO_DATA)}
