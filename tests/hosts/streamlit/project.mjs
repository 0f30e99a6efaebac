/** The project of the tests of Streamlit and stlite. */

/** The text of `myapp/models/user.py`. */
export const user = (/** @type {string} */ greeting) => `
class User:
    def __init__(self, name):
        self.name = name

    def greet(self):
        return "${greeting}, " + self.name
`;
